import { expect, test } from "vitest";
import { emptyState } from "#domain/profile/empty-state.ts";
import type { IdentifierKey, MembershipKey, ProfileId, ProfileState } from "#domain/profile/state.ts";
import { splitIdentifier, viewProfile } from "#domain/profile/view.ts";
import { ProfileView } from "#events/admin-api/profile-view.ts";
import { aBundle } from "../../support/fold-ports.ts";
import { aPerson, NOON } from "../../support/people.ts";

const HOUR = 3_600_000;
const bundle = aBundle(
  { kind: "setting", name: "project", currency: "CNY" },
  { kind: "trait", name: "points", mode: "add" },
);
const by = { at: NOON, message: 1n };

function view(state: Partial<ProfileState>, memberships: [string, { since: number; until: number }][] = []) {
  const held = memberships.map(([key, at]) => [key as MembershipKey, { ...at, definitionVersion: 1 }] as const);
  const shown = viewProfile(aPerson("ann", { state: { ...emptyState(), ...state } }), new Map(held), bundle);
  expect(ProfileView.parse(shown)).toEqual(shown);
  return shown;
}

test("a person of whom nothing is known", () => {
  expect(view({})).toEqual({
    profileId: "p_ann",
    createdAt: "2026-11-20T12:00:00.000Z",
    firstSeen: null,
    lastSeen: null,
    version: 1,
    identifiers: [],
    traits: {},
    orders: { count: 0, revenue: { amount: 0, currency: "CNY" }, first: null, last: null },
    refunds: { count: 0, amount: { amount: 0, currency: "CNY" } },
    activeDays: 0,
    acquisition: {},
    place: {},
    device: {},
    memberships: [],
    tiers: {},
    consent: {},
    mergedFrom: [],
  });
});

test("traits speak through their mode, and an unset one is not shown", () => {
  const { traits } = view({
    traits: new Map([
      ["points", { add: { sum: 25_000, newestAt: NOON + HOUR } }],
      ["city", { overwrite: { value: "上海", ...by } }],
      ["gone", { overwrite: { value: "x", ...by }, unsetAt: NOON + 1 }],
    ]),
  });
  expect(Object.entries(traits)).toEqual([
    ["city", { value: "上海", at: "2026-11-20T12:00:00.000Z" }],
    ["points", { value: 2.5, at: "2026-11-20T13:00:00.000Z" }],
  ]);
});

test("orders and refunds are sums in the project's currency; cancelled orders are left out", () => {
  const placed = { at: NOON, day: 20_777 };
  const { orders, refunds } = view({
    orders: new Map([
      ["o1", { placed, amount: { value: 15_300, ...by }, status: { value: "completed", ...by } }],
      ["o2", { placed, amount: { value: 999, ...by }, status: { value: "cancelled", ...by } }],
    ]),
    rolledOrders: { count: 2, amountMinor: 30_600, items: 4, upTo: NOON - HOUR, firstAt: NOON - 2 * HOUR },
    refunds: new Map([["o1", { value: 300, ...by }]]),
    rolledRefunds: { count: 1, amountMinor: 50 },
  });
  expect(orders).toEqual({
    count: 3,
    revenue: { amount: 45_900, currency: "CNY" },
    first: "2026-11-20T10:00:00.000Z",
    last: "2026-11-20T12:00:00.000Z",
  });
  expect(refunds).toEqual({ count: 2, amount: { amount: 350, currency: "CNY" } });
});

test("a membership that can never change by itself has no until", () => {
  const { memberships } = view({}, [
    ["tag:vip", { since: NOON, until: Number.POSITIVE_INFINITY }],
    ["tag:frequent", { since: NOON, until: NOON + HOUR }],
  ]);
  expect(memberships).toEqual([
    { key: "tag:frequent", since: "2026-11-20T12:00:00.000Z", until: "2026-11-20T13:00:00.000Z" },
    { key: "tag:vip", since: "2026-11-20T12:00:00.000Z", until: null },
  ]);
});

test("the rest is shown as it is", () => {
  const shown = view({
    identifiers: new Map([["openid:wx1:o-1" as IdentifierKey, NOON]]),
    firstSeen: NOON,
    lastSeen: NOON + HOUR,
    activeDays: new Set([1, 2, 3]),
    firstAcquisition: { value: { source: "baidu" }, ...by },
    place: { value: { country: "CN" }, ...by },
    consent: new Map([["marketing.email", { granted: true, at: NOON }]]),
    absorbed: new Set(["p_b" as ProfileId, "p_a" as ProfileId]),
  });
  expect(shown).toMatchObject({
    identifiers: [{ type: "openid:wx1", value: "o-1" }],
    firstSeen: "2026-11-20T12:00:00.000Z",
    lastSeen: "2026-11-20T13:00:00.000Z",
    activeDays: 3,
    acquisition: { first: { source: "baidu" } },
    place: { country: "CN" },
    device: {},
    consent: { "marketing.email": { granted: true } },
    mergedFrom: ["p_a", "p_b"],
  });
});

test.each([
  ["userId:u:1", "userId", "u:1"],
  ["openid:wx1:o-1", "openid:wx1", "o-1"],
  ["openid:o-1", "openid", "o-1"],
  ["nothing", "", "nothing"],
  [":x", "", "x"],
  ["", "", ""],
])("%j is split into type and value", (key, type, value) => {
  // A key without a colon has no type; nobody can have such an identifier.
  expect(splitIdentifier(key)).toEqual({ type, value });
});
