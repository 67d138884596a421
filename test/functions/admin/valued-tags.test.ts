import { describe, expect, test } from "vitest";
import { nextVersion } from "#domain/profile/apply-memberships.ts";
import { commitProfile } from "#domain/profile/commit-profile.ts";
import { foldEvents } from "#domain/profile/fold.ts";
import { indexFacts } from "#functions/index/index-facts.ts";
import { makeAdminHarness } from "../../support/admin-harness.ts";
import { anEvent, aPerson, NOON } from "../../support/people.ts";

const coffee = encodeURIComponent("tag:top-category=coffee");
const tea = encodeURIComponent("tag:top-category=tea");

/** Ann, who has looked at coffee twice and at tea once. */
async function withAnn() {
  const harness = makeAdminHarness();
  await harness.define({
    kind: "tag",
    name: "top-category",
    value: { top: "category", of: "Product Viewed" },
  } as never);
  const { ports } = harness;
  const bundle = await ports.inForce();
  const looks = ["coffee", "tea", "coffee"].map((category, n) => anEvent(`m${n}`, { properties: { category } }));
  const ann = aPerson("ann");
  await ports.profiles.save(ann);
  const { state } = foldEvents(ann.state, looks, bundle.features);
  await commitProfile(ports, ann, nextVersion(ann, { state }, NOON, bundle));
  await indexFacts(ports, ports.facts.published);
  return harness;
}

describe("a tag with a value", () => {
  test("has a key for each value: members and count are of one", async () => {
    const { call } = await withAnn();
    expect((await call("GET", `/admin/v1/memberships/${coffee}/members`)).body).toMatchObject({
      items: [{ profileId: "p_ann" }],
      cursor: null,
    });
    expect((await call("GET", `/admin/v1/memberships/${coffee}/count`)).body).toMatchObject({
      key: "tag:top-category=coffee",
      count: 1,
      exact: true,
    });
    expect((await call("GET", `/admin/v1/memberships/${tea}/count`)).body).toMatchObject({ count: 0, exact: true });
    expect((await call("GET", "/admin/v1/profiles/p_ann")).body).toMatchObject({
      memberships: [{ key: "tag:top-category=coffee", until: null }],
    });
  });

  test("says why: the values that the person prefers, with what they weigh", async () => {
    const { call } = await withAnn();
    const why = async (key: string) => (await call("GET", `/admin/v1/profiles/p_ann/memberships/${key}`)).body;
    const seen = [
      { value: "coffee", weight: 2 },
      { value: "tea", weight: 1 },
    ];
    expect(await why(coffee)).toMatchObject({
      key: "tag:top-category=coffee",
      holds: true,
      because: [{ path: "value", holds: true, seen, wants: "coffee" }],
    });
    expect(await why(tea)).toMatchObject({
      holds: false,
      since: null,
      because: [{ path: "value", holds: false, seen, wants: "tea" }],
    });
  });

  test("has no key without a value, and cannot be put on by hand", async () => {
    const { call } = await withAnn();
    expect(await call("GET", "/admin/v1/memberships/tag%3Atop-category/count")).toMatchObject({
      status: 404,
      body: { code: "membership_unknown" },
    });
    expect(await call("PUT", "/admin/v1/profiles/p_ann/tags/top-category")).toMatchObject({
      status: 409,
      body: { code: "tag_has_rule" },
    });
  });
});
