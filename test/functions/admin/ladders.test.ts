import { describe, expect, test } from "vitest";
import type { Figure } from "#domain/measure/figure.ts";
import type { MembershipKey, ProfileId } from "#domain/profile/state.ts";
import { LadderDistribution, LadderMigration } from "#events/admin-api/ladders.ts";
import { makeAdminHarness } from "../../support/admin-harness.ts";
import { NOON } from "../../support/people.ts";

const TODAY = Math.floor(NOON / 86_400_000);
const value = {
  kind: "ladder",
  name: "value",
  title: { en: "Value", zh: "价值" },
  tiers: [
    { name: "high", title: { en: "High", zh: "高" }, rule: { orders: { revenue: { atLeast: 100 } } } },
    { name: "mid", rule: { orders: { count: { atLeast: 1 } } } },
    { name: "low", title: { zh: "低" } },
  ],
};
const key = (tier: string) => `tier:value=${tier}` as MembershipKey;

async function withLadder(change: Parameters<typeof makeAdminHarness>[0] = {}) {
  const harness = makeAdminHarness(change);
  await harness.define(value);
  return harness;
}

describe("the distribution of a ladder", () => {
  const path = "/admin/v1/ladders/value/distribution";

  test("is that of the last exact count, the best tier first, with its titles", async () => {
    const { call, ports, state } = await withLadder();
    const counts = new Map([["low", 70] as const, ["high", 20] as const, ["mid", 0] as const]);
    await ports.metrics.recordMembershipCounts(new Map([...counts].map(([tier, n]) => [key(tier), n])), NOON - 1_000);
    state.now = NOON + 5_000;
    const { status, body } = await call("GET", path);
    expect(status).toBe(200);
    expect(LadderDistribution.parse(body)).toEqual({
      ladder: "value",
      title: { en: "Value", zh: "价值" },
      tiers: [
        { tier: "high", title: { en: "High", zh: "高" }, people: 20 },
        { tier: "mid", people: 0 },
        { tier: "low", title: { zh: "低" }, people: 70 },
      ],
      people: 90,
      exact: true,
      asOf: "2026-11-20T11:59:59.000Z",
    });
  });

  test("before anyone was counted is read from the index of members, and says so", async () => {
    const { call, ports } = await withLadder();
    for (let n = 0; n < 5; n++) {
      const profileId = `p_${n}` as ProfileId;
      await ports.tags.put({ key: key(n < 2 ? "high" : "low"), profileId, version: 1, since: NOON, left: false });
    }
    const { body } = await call("GET", path);
    expect(LadderDistribution.parse(body)).toMatchObject({
      tiers: [{ people: 2 }, { people: 0 }, { people: 3 }],
      people: 5,
      exact: false,
      asOf: "2026-11-20T12:00:00.000Z",
    });
  });

  test("with a tier that was never counted does not add figures of two kinds", async () => {
    const { call, ports } = await withLadder();
    await ports.metrics.recordMembershipCounts(new Map([[key("high"), 20]]), NOON);
    expect((await call("GET", path)).body).toMatchObject({ people: 0, exact: false });
  });

  test("says where there are more people than it counts live", async () => {
    const base = makeAdminHarness();
    const count = async (_: MembershipKey, limit: number) => ({ count: limit + 1, complete: false });
    const { call } = await withLadder({ tags: { ...base.ports.tags, count } });
    const { body } = await call("GET", path);
    expect(LadderDistribution.parse(body).tiers[0]).toMatchObject({ people: 10_001, atLeast: true });
  });
});

describe("the migration of a ladder", () => {
  const path = "/admin/v1/ladders/value/migration";
  const move = (day: number, dimension: string, moves: number): Figure => ({
    metric: "tier-moves",
    by: "move",
    day,
    dimension,
    value: moves,
    exact: day < TODAY,
  });
  const counted = (day: number, ladder = "value"): Figure => ({ ...move(day, ladder, 0), by: "ladder" });

  async function withMoves() {
    const harness = await withLadder();
    await harness.ports.metrics.record(
      [
        ...[TODAY - 2, TODAY - 1, TODAY].flatMap((day) => [counted(day), counted(day, "value-2")]),
        move(TODAY - 2, "value - low", 9),
        move(TODAY - 2, "value low high", 2),
        move(TODAY - 1, "value low high", 3),
        move(TODAY - 1, "value high low", 1),
        move(TODAY - 1, "value gone mid", 1),
        move(TODAY - 1, "value-2 low high", 50),
        move(TODAY, "value - low", 4),
      ],
      NOON,
    );
    return harness;
  }

  test("is the sum of each day's moves, newly entered first, and each tier's net", async () => {
    const { call } = await withMoves();
    const { status, body } = await call("GET", `${path}?from=2026-11-18&to=2026-11-19`);
    expect(status).toBe(200);
    expect(LadderMigration.parse(body)).toEqual({
      ladder: "value",
      title: { en: "Value", zh: "价值" },
      from: "2026-11-18",
      to: "2026-11-19",
      tiers: [
        { tier: "high", title: { en: "High", zh: "高" }, in: 5, out: 1, net: 4 },
        { tier: "mid", in: 1, out: 0, net: 1 },
        { tier: "low", title: { zh: "低" }, in: 10, out: 5, net: 5 },
        { tier: "gone", in: 0, out: 1, net: -1 },
      ],
      moves: [
        { from: null, to: "low", moves: 9 },
        { from: "high", to: "low", moves: 1 },
        { from: "low", to: "high", moves: 5 },
        { from: "gone", to: "mid", moves: 1 },
      ],
      uncountedDays: 0,
      exact: true,
      asOf: "2026-11-20T12:00:00.000Z",
    });
  });

  test("of the last 30 days, where none are named, today included, says what was not counted", async () => {
    const { call } = await withMoves();
    const { body } = await call("GET", path);
    expect(LadderMigration.parse(body)).toMatchObject({
      from: "2026-10-22",
      to: "2026-11-20",
      uncountedDays: 27,
      exact: false,
      moves: [{ from: null, to: "low", moves: 13 }, {}, {}, {}],
    });
  });

  test("is not exact with a day that was not over when it was counted", async () => {
    const { call } = await withMoves();
    const { body } = await call("GET", `${path}?from=2026-11-19&to=2026-11-20`);
    expect(body).toMatchObject({ uncountedDays: 0, exact: false });
  });

  test("of days that nobody has counted is empty", async () => {
    const { call } = await withLadder();
    expect((await call("GET", path)).body).toMatchObject({ moves: [], uncountedDays: 30, exact: false, asOf: null });
  });

  test.each([
    ["from=2026-11-20&to=2026-11-19", "range_invalid"],
    ["from=2024-11-20&to=2026-11-19", "range_invalid"],
    ["from=2026-02-30", "request_invalid"],
    ["from=yesterday", "request_invalid"],
    ["since=2026-11-19", "request_invalid"],
  ])("refuses ?%s", async (query, code) => {
    const { call } = await withLadder();
    expect(await call("GET", `${path}?${query}`)).toMatchObject({ status: 400, body: { code } });
  });
});

test("a ladder that nobody defined is not there, and those that are are named", async () => {
  const { call } = await withLadder();
  for (const what of ["distribution", "migration"]) {
    const answer = await call("GET", `/admin/v1/ladders/ghost/${what}`);
    expect(answer).toMatchObject({ status: 404, body: { code: "ladder_unknown", details: { ladders: ["value"] } } });
  }
});

test("a viewer may look", async () => {
  const { call, tokenOf } = await withLadder();
  const token = await tokenOf("viewer");
  expect((await call("GET", "/admin/v1/ladders/value/distribution", { token })).status).toBe(200);
});
