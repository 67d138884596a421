import { describe, expect, test } from "vitest";
import { emptyState } from "#domain/profile/empty-state.ts";
import type { IdentifierKey, MembershipKey, ProfileId } from "#domain/profile/state.ts";
import { MemberCount, MemberPage } from "#events/admin-api/memberships.ts";
import { Totals } from "#events/admin-api/totals.ts";
import { makeAdminHarness } from "../../support/admin-harness.ts";
import { aPerson, NOON } from "../../support/people.ts";

const vip = "tag:vip" as MembershipKey;
const membership = { since: NOON, until: Number.POSITIVE_INFINITY, definitionVersion: 1 };
const by = { at: NOON, message: 1n };
const placed = { at: NOON, day: 20_777 };

describe("totals", () => {
  test("add up everyone once, merged people left out", async () => {
    const { call, define, ports } = makeAdminHarness();
    await define(
      { kind: "setting", name: "project", currency: "GBP" } as never,
      { kind: "tag", name: "vip" },
      { kind: "tag", name: "none" },
    );
    for (let n = 0; n < 30; n++) {
      const order = { placed, amount: { value: 1_000 + n, ...by }, status: { value: "completed" as const, ...by } };
      const state = {
        ...emptyState(),
        newestReceivedAt: NOON,
        ...(n % 3 > 0 && { orders: new Map([[`o${n}`, order]]) }),
        ...(n % 5 === 0 && { refunds: new Map([[`o${n}`, { value: 100, ...by }]]) }),
      };
      const memberships = new Map(n < 4 ? [[vip, membership]] : []);
      await ports.profiles.save(aPerson(`n${n}`, { state, memberships }));
    }
    await ports.profiles.save(
      aPerson("merged", { mergedInto: "p_n0" as ProfileId, memberships: new Map([[vip, membership]]) }),
    );
    const { body, status } = await call("GET", "/admin/v1/totals");
    expect(status).toBe(200);
    expect(Totals.parse(body)).toEqual({
      people: 30,
      buyers: 20,
      orders: 20,
      revenue: { amount: 20_000 + 435 - 135, currency: "GBP" },
      refunds: { count: 6, amount: { amount: 600, currency: "GBP" } },
      memberships: { "tag:none": 0, "tag:vip": 4 },
      exact: true,
      at: "2026-11-20T12:00:00.000Z",
    });
    expect(await ports.metrics.lastMembershipCount(vip)).toEqual({ count: 4, at: NOON });
    expect(await ports.metrics.lastMembershipCount("tag:none" as MembershipKey)).toEqual({ count: 0, at: NOON });
  });

  test("leave out whom a worker began and lost to another before anything was folded", async () => {
    const { call, define, ports } = makeAdminHarness();
    await define({ kind: "setting", name: "project", currency: "GBP" } as never);
    const identifiers = new Map([["anonymousId:a" as IdentifierKey, NOON]]);
    await ports.profiles.save(aPerson("begun", { state: { ...emptyState(), identifiers } }));
    expect((await call("GET", "/admin/v1/totals")).body).toMatchObject({ people: 0 });
  });

  test("say so where there are too many people for one request", async () => {
    let clock = NOON;
    const base = makeAdminHarness();
    const endless = async () => ({ profiles: [], cursor: "on" });
    const { call } = makeAdminHarness({
      profiles: { ...base.ports.profiles, scan: endless },
      now: () => (clock += 1_000),
    });
    expect(await call("GET", "/admin/v1/totals")).toMatchObject({ status: 503, body: { code: "scan_too_long" } });
  });
});

describe("members of a tag", () => {
  async function withMembers(people: number, change: Parameters<typeof makeAdminHarness>[0] = {}) {
    const harness = makeAdminHarness(change);
    await harness.define({ kind: "tag", name: "vip" });
    for (let n = 0; n < people; n++) {
      const profileId = `p_${String(n).padStart(3, "0")}` as ProfileId;
      await harness.ports.tags.put({ key: vip, profileId, version: 1, since: NOON, left: false });
    }
    return harness;
  }

  test("are listed, each once, page by page", async () => {
    const { call } = await withMembers(25);
    const ids: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const query: string = cursor === "" ? "" : `&cursor=${cursor}`;
      const page = MemberPage.parse(
        (await call("GET", `/admin/v1/memberships/tag%3Avip/members?limit=10${query}`)).body,
      );
      ids.push(...page.items.map(({ profileId }) => profileId));
      cursor = page.cursor;
    }
    expect(new Set(ids).size).toBe(25);
    expect(ids).toHaveLength(25);
  });

  test("are counted exactly while they are few", async () => {
    const { call } = await withMembers(25);
    const { body } = await call("GET", "/admin/v1/memberships/tag:vip/count");
    expect(MemberCount.parse(body)).toEqual({ key: "tag:vip", count: 25, exact: true, at: "2026-11-20T12:00:00.000Z" });
  });

  test("beyond that, the last exact figure answers, and says so", async () => {
    const base = makeAdminHarness();
    const count = async (_key: MembershipKey, limit: number) => ({ count: limit + 1, complete: false });
    const { call, ports, define } = makeAdminHarness({ tags: { ...base.ports.tags, count } });
    await define({ kind: "tag", name: "vip" });
    const path = "/admin/v1/memberships/tag:vip/count";
    expect((await call("GET", path)).body).toMatchObject({ count: 10_001, exact: false });
    await ports.metrics.recordMembershipCounts(new Map([[vip, 123_456]]), NOON - 1_000);
    expect((await call("GET", path)).body).toMatchObject({
      count: 123_456,
      exact: false,
      at: "2026-11-20T11:59:59.000Z",
    });
  });

  test("of a tag that nobody defined are not there", async () => {
    const { call } = makeAdminHarness();
    for (const what of ["members", "count"]) {
      expect(await call("GET", `/admin/v1/memberships/tag:ghost/${what}`)).toMatchObject({
        status: 404,
        body: { code: "membership_unknown" },
      });
    }
  });
});
