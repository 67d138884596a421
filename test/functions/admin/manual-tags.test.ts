import { describe, expect, test } from "vitest";
import { StreamUnavailableError } from "#domain/ports/streams.ts";
import type { MembershipKey, ProfileId } from "#domain/profile/state.ts";
import { makeAdminHarness } from "../../support/admin-harness.ts";
import { aPerson, membershipFact, NOON } from "../../support/people.ts";

const vip = "/admin/v1/profiles/p_ann/tags/vip";
const ann = "p_ann" as ProfileId;

async function withAnn(change: Parameters<typeof makeAdminHarness>[0] = {}) {
  const harness = makeAdminHarness(change);
  await harness.define({ kind: "tag", name: "vip" }, {
    kind: "tag",
    name: "ruled",
    rule: { inactive: { for: "1d" } },
  } as never);
  await harness.ports.profiles.save(aPerson("ann"));
  return harness;
}

describe("a tag by hand", () => {
  test("is put, is seen at once, is a published fact and is audited", async () => {
    const { call, ports } = await withAnn();
    const answer = await call("PUT", vip, { token: undefined });
    expect(answer).toMatchObject({
      status: 200,
      body: { profileId: "p_ann", key: "tag:vip", on: true, changed: true, version: 2 },
    });
    const { body } = await call("GET", "/admin/v1/profiles/p_ann");
    expect(body).toMatchObject({ memberships: [{ key: "tag:vip", since: "2026-11-20T12:00:00.000Z", until: null }] });
    expect(ports.facts.published).toMatchObject([
      { factId: "p_ann:2:0", key: "tag:vip", change: "entered", because: [{ path: "manual", holds: true }] },
    ]);
    expect((await ports.profiles.load([ann])).get(ann)?.outbox).toEqual([]);
    expect(ports.audit.entries().at(-1)).toMatchObject({
      action: "tag.put",
      target: "p_ann",
      outcome: "done",
      details: { tag: "vip" },
    });
  });

  test("is taken off again; the last hand wins, whatever its clock says", async () => {
    const { call, ports, state } = await withAnn();
    await call("PUT", vip);
    state.now = NOON - 60_000;
    expect((await call("DELETE", vip)).body).toMatchObject({ on: false, changed: true, version: 3 });
    expect(ports.facts.published.map((fact) => fact.kind === "membership" && fact.change)).toEqual(["entered", "left"]);
    expect((await call("GET", "/admin/v1/profiles/p_ann")).body).toMatchObject({ memberships: [] });
  });

  test("that is so already writes nothing and is not audited", async () => {
    const { call, ports } = await withAnn();
    expect((await call("DELETE", vip)).body).toMatchObject({ on: false, changed: false, version: 1 });
    await call("PUT", vip);
    const writes = ports.profiles.writes();
    const entries = ports.audit.entries().length;
    expect((await call("PUT", vip)).body).toMatchObject({ on: true, changed: false, version: 2 });
    expect(ports.profiles.writes()).toBe(writes);
    expect(ports.audit.entries()).toHaveLength(entries);
  });

  test("needs a definition without a rule, and a person", async () => {
    const { call } = await withAnn();
    expect(await call("PUT", "/admin/v1/profiles/p_ann/tags/ghost")).toMatchObject({
      status: 404,
      body: { code: "tag_unknown" },
    });
    expect(await call("PUT", "/admin/v1/profiles/p_ann/tags/ruled")).toMatchObject({
      status: 409,
      body: { code: "tag_has_rule" },
    });
    expect(await call("PUT", "/admin/v1/profiles/p_bob/tags/vip")).toMatchObject({
      status: 404,
      body: { code: "profile_unknown" },
    });
  });

  test("goes to the winner of a merge", async () => {
    const { call, ports } = await withAnn();
    await ports.profiles.save(aPerson("bob", { mergedInto: ann }));
    expect((await call("PUT", "/admin/v1/profiles/p_bob/tags/vip")).body).toMatchObject({ profileId: "p_ann" });
  });

  test("publishes what an earlier write still owed, first", async () => {
    const { call, ports } = await withAnn();
    const owing = aPerson("eve");
    await ports.profiles.save({ ...owing, outbox: [membershipFact(owing, "tag:old" as MembershipKey)] });
    await call("PUT", "/admin/v1/profiles/p_eve/tags/vip");
    expect(ports.facts.published.map(({ factId }) => factId)).toEqual(["p_eve:1:0", "p_eve:2:0"]);
  });

  test("is kept while the fold writes the same person at the same time", async () => {
    const base = await withAnn();
    let races = 3;
    const { call, ports } = await withAnn({
      profiles: {
        ...base.ports.profiles,
        save: async (profile) => {
          const stored = (await base.ports.profiles.load([ann])).get(ann);
          if (races-- > 0 && stored) await base.ports.profiles.save({ ...stored, version: stored.version + 1 });
          return base.ports.profiles.save(profile);
        },
      },
    });
    expect((await call("PUT", vip)).body).toMatchObject({ changed: true, version: 5 });
    expect(ports.facts.published).toHaveLength(1);
    const outcomes = ports.audit.entries().map(({ outcome }) => outcome);
    expect(outcomes).toEqual(["done", "failed", "failed", "failed", "done"]);
  });

  test("of a stream that is down answers 503, and the same call again sees it through", async () => {
    const base = await withAnn();
    let isDown = true;
    const { call } = await withAnn({
      profiles: base.ports.profiles,
      facts: {
        publish: async (outboxes) => {
          if (isDown) throw new StreamUnavailableError("stream_unavailable");
          return base.ports.facts.publish(outboxes);
        },
      },
    });
    expect(await call("PUT", vip)).toMatchObject({ status: 503, body: { code: "stream_unavailable" } });
    isDown = false;
    expect(await call("PUT", vip)).toMatchObject({ status: 200, body: { on: true } });
    expect(base.ports.facts.published.map(({ factId }) => factId)).toEqual(["p_ann:2:0"]);
  });
});

describe("a static segment by hand", () => {
  const vips = "/admin/v1/profiles/p_ann/segments/spring-list";

  async function withSegments() {
    const harness = await withAnn();
    await harness.define(
      { kind: "segment", name: "spring-list", static: true } as never,
      {
        kind: "segment",
        name: "ruled",
        rule: { inactive: { for: "1d" } },
      } as never,
    );
    return harness;
  }

  test("takes people in and out, as a tag of the same name does not", async () => {
    const { call, ports, define } = await withSegments();
    await define({ kind: "tag", name: "spring-list" });
    expect(await call("PUT", vips)).toMatchObject({
      status: 200,
      body: { profileId: "p_ann", key: "segment:spring-list", on: true, changed: true, version: 2 },
    });
    const { body } = await call("GET", "/admin/v1/profiles/p_ann");
    expect(body).toMatchObject({ memberships: [{ key: "segment:spring-list" }] });
    expect(ports.audit.entries().at(-1)).toMatchObject({
      action: "segment.put",
      outcome: "done",
      details: { segment: "spring-list" },
    });
    expect((await call("DELETE", vips)).body).toMatchObject({ on: false, changed: true, version: 3 });
    expect((await call("DELETE", vips)).body).toMatchObject({ changed: false, version: 3 });
  });

  test.each([
    ["ghost", 404, "segment_unknown"],
    ["ruled", 409, "segment_has_rule"],
    ["vip", 404, "segment_unknown"],
  ])("named %s answers %i %s", async (name, status, code) => {
    const { call } = await withSegments();
    const path = `/admin/v1/profiles/p_ann/segments/${name}`;
    expect(await call("PUT", path)).toMatchObject({ status, body: { code } });
    expect(await call("DELETE", path)).toMatchObject({ status, body: { code } });
  });
});
