import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { emptyState } from "#domain/profile/empty-state.ts";
import type { IdentifierKey, ProfileId } from "#domain/profile/state.ts";
import { ActivityPage } from "#events/admin-api/activity.ts";
import { ErrorAnswer } from "#events/admin-api/answer.ts";
import { ProfileView } from "#events/admin-api/profile-view.ts";
import { makeAdminHarness } from "../../support/admin-harness.ts";
import { anEvent, aPerson, NOON } from "../../support/people.ts";

const DAY = 86_400_000;
const naughty = JSON.parse(
  readFileSync(new URL("../../fixtures/hostile/blns.json", import.meta.url), "utf8"),
) as string[];

describe("finding a person", () => {
  async function withAnn() {
    const harness = makeAdminHarness();
    const identifiers = new Map([["email:ann@example.com" as IdentifierKey, NOON]]);
    await harness.ports.profiles.save(aPerson("ann", { state: { ...emptyState(), identifiers } }));
    await harness.ports.identities.claim("email:ann@example.com" as IdentifierKey, "p_ann" as ProfileId);
    return harness;
  }
  const find = (identifier: string) => `/admin/v1/profiles?identifier=${encodeURIComponent(identifier)}`;

  test.each(["http", "rest"] as const)("by an identifier, normalised as collection does it (%s)", async (gateway) => {
    const { call } = await withAnn();
    for (const text of ["email:ann@example.com", "email:  Ann@Example.COM "]) {
      const answer = await call("GET", find(text), { gateway });
      expect(answer.status).toBe(200);
      expect(ProfileView.parse(answer.body)).toMatchObject({
        profileId: "p_ann",
        identifiers: [{ type: "email", value: "ann@example.com" }],
      });
    }
  });

  test("by id; a merged id answers with the winner, however many merges on", async () => {
    const { call, ports } = await withAnn();
    await ports.profiles.save(aPerson("bob", { mergedInto: "p_ann" as ProfileId }));
    await ports.profiles.save(aPerson("cid", { mergedInto: "p_bob" as ProfileId }));
    for (const id of ["p_ann", "p_bob", "p_cid"]) {
      expect((await call("GET", `/admin/v1/profiles/${id}`)).body).toMatchObject({ profileId: "p_ann" });
    }
  });

  test.each([
    ["email:bob@example.com", 404, "profile_unknown"],
    ["email:", 400, "identifier_invalid"],
    ["email:null", 400, "identifier_invalid"],
    ["ann@example.com", 400, "identifier_invalid"],
    ["shoeSize:43", 400, "identifier_invalid"],
    [`userId:${"x".repeat(600)}`, 400, "identifier_invalid"],
  ])("%s answers %d %s", async (identifier, status, code) => {
    const { call } = await withAnn();
    expect(await call("GET", find(identifier))).toMatchObject({ status, body: { code } });
  });

  test("the project's own identifier types count", async () => {
    const { call, define } = await withAnn();
    expect((await call("GET", find("memberCard:77"))).status).toBe(400);
    await define({ kind: "setting", name: "project", identityTypes: [{ type: "memberCard" }] } as never);
    expect((await call("GET", find("memberCard:77"))).status).toBe(404);
  });

  test("no string whatever makes the server fail", async () => {
    const { call, errors } = await withAnn();
    let turn = 0;
    const check = async (path: string) => {
      const answer = await call("GET", path, { gateway: turn++ % 2 === 0 ? "http" : "rest" });
      expect([400, 404]).toContain(answer.status);
      ErrorAnswer.omit({ requestId: true }).parse(answer.body);
    };
    for (const text of naughty) {
      for (const type of ["userId", "email", "phone"]) await check(find(`${type}:${text}`));
      await check(`/admin/v1/profiles/${encodeURIComponent(text) || "_"}`);
      await check(
        `/admin/v1/profiles/${encodeURIComponent(text) || "_"}/memberships/${encodeURIComponent(text) || "_"}`,
      );
    }
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary" }), async (text) => {
        await check(find(`userId:nobody-${text}`));
      }),
      { numRuns: 300 },
    );
    await check("/admin/v1/profiles?identifier=%E0%A4%A");
    await check("/admin/v1/profiles/%E0%A4%A");
    expect(errors).toEqual([]);
  });
});

describe("reading a person", () => {
  test("evaluates the memberships of this instant and writes nothing", async () => {
    const { call, define, ports, state } = makeAdminHarness();
    await define({ kind: "tag", name: "quiet", rule: { inactive: { for: "30d" } } } as never);
    await ports.profiles.save(aPerson("ann", { state: { ...emptyState(), firstSeen: NOON, lastSeen: NOON } }));
    const writes = ports.profiles.writes();
    expect((await call("GET", "/admin/v1/profiles/p_ann")).body).toMatchObject({ memberships: [] });
    state.now = NOON + 31 * DAY;
    expect((await call("GET", "/admin/v1/profiles/p_ann")).body).toMatchObject({
      memberships: [{ key: "tag:quiet", until: null }],
      version: 1,
    });
    const why = await call("GET", "/admin/v1/profiles/p_ann/memberships/tag%3Aquiet");
    expect(why.body).toMatchObject({ key: "tag:quiet", holds: true, definitionVersion: 1, until: null });
    expect(why.body.because).not.toEqual([]);
    expect(ports.profiles.writes()).toBe(writes);
  });

  test("says why somebody is not in a tag, and 404 for a tag that nobody defined", async () => {
    const { call, define, ports } = makeAdminHarness();
    await define({ kind: "tag", name: "buyer", rule: { orders: { count: { atLeast: 1 } } } } as never);
    await ports.profiles.save(aPerson("ann"));
    expect((await call("GET", "/admin/v1/profiles/p_ann/memberships/tag%3Abuyer")).body).toMatchObject({
      holds: false,
      since: null,
      because: [{ seen: 0 }],
    });
    for (const key of ["tag%3Aghost", "ghost", "tag:top=a%2Fb", "tag:top=a/b"]) {
      const answer = await call("GET", `/admin/v1/profiles/p_ann/memberships/${key}`);
      expect(answer).toMatchObject({ status: 404, body: { code: "membership_unknown" } });
    }
  });
});

describe("what a person did", () => {
  test("is listed newest first, page by page, by name and by time", async () => {
    const { call, ports } = makeAdminHarness();
    await ports.profiles.save(aPerson("ann"));
    const events = Array.from({ length: 5 }, (_, n) =>
      anEvent(`m${n}`, { at: NOON - n * DAY, event: n === 3 ? "Signed Up" : "Product Viewed", properties: { n } }),
    );
    await ports.activity.append("p_ann" as ProfileId, events, 400);
    const read = async (query: string) => {
      const answer = await call("GET", `/admin/v1/profiles/p_ann/activity${query}`);
      expect(answer.status).toBe(200);
      return ActivityPage.parse(answer.body);
    };
    const first = await read("?limit=2");
    expect(first.items.map(({ messageId }) => messageId)).toEqual(["m0", "m1"]);
    expect(first.items[0]).toMatchObject({
      at: "2026-11-20T12:00:00.000Z",
      properties: { n: 0 },
      source: { name: "server" },
    });
    const second = await read(`?limit=3&cursor=${first.cursor}`);
    expect(second).toMatchObject({
      items: [{ messageId: "m2" }, { messageId: "m3" }, { messageId: "m4" }],
      cursor: null,
    });
    expect((await read("?event=Signed%20Up")).items).toHaveLength(1);
    expect((await read("?from=2026-11-18&to=2026-11-19")).items.map(({ messageId }) => messageId)).toEqual([
      "m1",
      "m2",
    ]);
    expect(await call("GET", `/admin/v1/profiles/p_ann/activity?event=x&cursor=${first.cursor}`)).toMatchObject({
      status: 400,
      body: { code: "cursor_invalid" },
    });
    expect((await call("GET", "/admin/v1/profiles/p_bob/activity")).status).toBe(404);
  });
});
