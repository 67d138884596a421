import { describe, expect, test } from "vitest";
import { addPerson } from "#domain/measure/add-person.ts";
import { makeFrame } from "#domain/measure/frame.ts";
import { measuresOf, recordMeasures } from "#domain/measure/measures-of.ts";
import { mergeTallies, newTally, type Tally } from "#domain/measure/tally.ts";
import { emptyState } from "#domain/profile/empty-state.ts";
import { MAX_ORDERS, rollOrders } from "#domain/profile/orders.ts";
import type { MembershipKey, OrderState, Profile, ProfileState, RolledOrders, Split } from "#domain/profile/state.ts";
import type { Definition } from "#events/definitions/index.ts";
import { makeMemoryMetricStore } from "../../support/memory-metric-store.ts";
import { aPerson, NOON } from "../../support/people.ts";
import { aBundle, aTag } from "../memberships/bundles.ts";

const DAY_MS = 86_400_000;
const TODAY = Math.floor(NOON / DAY_MS);
const membership = { since: NOON, until: Number.POSITIVE_INFINITY, definitionVersion: 1 };

const lifecycle = {
  kind: "ladder" as const,
  name: "lifecycle",
  tiers: [{ name: "active", rule: { activeDays: { within: "30d", atLeast: 1 } } }, { name: "silent" }],
};

function somebody(name: string, changed: Partial<ProfileState> = {}, more: Partial<Profile> = {}): Profile {
  return aPerson(name, { state: { ...emptyState(), newestReceivedAt: NOON, ...changed }, ...more });
}

function measure(profiles: readonly Profile[], options: { definitions?: Definition[]; since?: number } = {}) {
  const { definitions = [lifecycle], since = NOON - DAY_MS } = options;
  const frame = makeFrame(aBundle(1, definitions), { now: NOON, since });
  const tally = newTally();
  for (const profile of profiles) addPerson(tally, profile, frame);
  const measures = measuresOf(tally, frame);
  const figure = (metric: string, day = TODAY, dimension = "") => {
    const found = measures.figures.find(
      (one) => one.metric === metric && one.day === day && one.dimension === dimension,
    );
    if (!found) return undefined;
    const { value, base, exact } = found;
    return { value, exact, ...(base !== undefined && { base }) };
  };
  return { ...measures, figure, frame, tally };
}

/** Orders of one person, one every `everyDays`, the last of them yesterday at noon. */
function orders(count: number, everyDays: number): { orders: Map<string, OrderState>; rolledOrders?: RolledOrders } {
  const all = new Map(
    Array.from({ length: count }, (_, n): [string, OrderState] => {
      const at = NOON - (1 + (count - 1 - n) * everyDays) * DAY_MS;
      const by = { at, message: BigInt(n) };
      const placed = { at, day: Math.floor(at / DAY_MS) };
      return [`o-${n}`, { placed, amount: { value: 100, ...by }, status: { value: "completed", ...by } }];
    }),
  );
  const { rolled } = rollOrders(all, undefined);
  return { orders: all, ...(rolled && { rolledOrders: rolled }) };
}

describe("who counts", () => {
  test("are people into whom something was folded and who are still there", () => {
    const split = { loser: "p_a", taken: "p_b", kept: "p_c" } as Split;
    const { figure } = measure([
      somebody("ann"),
      somebody("merged", {}, { mergedInto: "p_ann" as Profile["id"] }),
      somebody("split", {}, { split }),
      aPerson("begun"),
    ]);
    expect(figure("people")).toEqual({ value: 1, exact: true });
  });

  test("as new are those who were seen: a row of a CRM alone is nobody's first day", () => {
    const { figure } = measure([
      somebody("crm"),
      somebody("ann", { firstSeen: NOON - DAY_MS, activeDays: new Set([TODAY - 1]) }),
    ]);
    expect(figure("people")).toEqual({ value: 2, exact: true });
    expect(figure("new-people", TODAY - 1)).toEqual({ value: 1, exact: true });
    expect(figure("daily-active-people", TODAY - 1)).toEqual({ value: 1, exact: true });
    expect(figure("stickiness", TODAY - 1)).toEqual({ value: 1, base: 1, exact: true });
  });
});

test("today is not over and has no figure of its day", () => {
  const seen = { firstSeen: NOON - 1, activeDays: new Set([TODAY]), ...orders(1, 0) };
  const { figure } = measure([somebody("ann", seen)]);
  expect(figure("new-people", TODAY)).toBeUndefined();
  expect(figure("daily-active-people", TODAY)).toBeUndefined();
  expect(figure("daily-orders", TODAY)).toBeUndefined();
  expect(figure("stickiness", TODAY - 1)).toBeUndefined();
});

test("a rate of nothing is no figure, and a count of nothing is 0", () => {
  const { figure } = measure([]);
  for (const metric of ["repurchase-rate", "average-order-value", "median-days-between-purchases"]) {
    expect(figure(metric)).toBeUndefined();
  }
  expect(figure("buyers")).toEqual({ value: 0, exact: true });
  expect(figure("members", TODAY, "tier:lifecycle=active")).toEqual({ value: 0, exact: true });
  expect(figure("tier-moves", TODAY - 1, "lifecycle")).toEqual({ value: 0, exact: true });
});

describe("orders beyond those that are kept one by one", () => {
  const count = MAX_ORDERS + 44;
  const { figure } = measure([somebody("ann", orders(count, 1))]);

  test("are in the counts, the sums, the rates and the mean pause", () => {
    expect(figure("orders")).toEqual({ value: count, exact: true });
    expect(figure("revenue")).toEqual({ value: count * 100, exact: true });
    expect(figure("repurchase-rate")).toEqual({ value: 1, base: 1, exact: true });
    expect(figure("mean-days-between-purchases")).toEqual({ value: 1, base: count - 1, exact: true });
  });

  test("have lost their days and the pauses between them, and the figures say so", () => {
    expect(figure("median-days-between-purchases")).toEqual({ value: 1, base: MAX_ORDERS - 1, exact: false });
    expect(figure("daily-orders", TODAY - 1)).toEqual({ value: 1, exact: true });
    const first = measure([somebody("ann", orders(MAX_ORDERS + 20, 0))]);
    expect(first.figure("daily-orders", TODAY - 1)).toEqual({ value: MAX_ORDERS, exact: false });
    expect(first.figure("daily-buyers", TODAY - 2)).toEqual({ value: 0, exact: true });
  });

  test("do not hide that the last of them may have been a cancelled one", () => {
    const { orders: kept, rolledOrders } = orders(count, 1);
    const rolled = { count: 0, amountMinor: 0, items: 0, firstAt: NOON, ...rolledOrders, upTo: NOON };
    const { figure: told } = measure([somebody("ann", { orders: kept, rolledOrders: rolled })]);
    expect(told("mean-days-between-purchases")?.exact).toBe(false);
  });
});

describe("moves between tiers", () => {
  const history = (...changes: [string, number][]) =>
    new Map([["lifecycle", changes.map(([tier, at]) => ({ tier, at }))]]);

  test("are counted from the day on which the run before began, that day whole, and until this run began", () => {
    const since = NOON - 2 * DAY_MS;
    const { figure } = measure(
      [
        somebody(
          "ann",
          {},
          {
            tierHistory: history(
              ["active", since - DAY_MS],
              ["silent", since - 3 * 3_600_000],
              ["active", NOON - DAY_MS],
              ["silent", NOON - 1],
              ["active", NOON],
            ),
          },
        ),
      ],
      { since },
    );
    expect(figure("tier-moves", TODAY - 3, "lifecycle - active")).toBeUndefined();
    expect(figure("tier-moves", TODAY - 2, "lifecycle active silent")).toEqual({ value: 1, exact: true });
    expect(figure("tier-moves", TODAY - 1, "lifecycle silent active")).toEqual({ value: 1, exact: true });
    expect(figure("tier-moves", TODAY, "lifecycle active silent")).toEqual({ value: 1, exact: false });
    expect(figure("tier-moves", TODAY, "lifecycle")).toEqual({ value: 1, exact: false });
  });

  test("of a full history leave out what has lost where it came from, and say so of the days before", () => {
    const changes = Array.from({ length: 20 }, (_, n): [string, number] => [
      n % 2 === 0 ? "active" : "silent",
      NOON - (2 * 20 - n) * 3_600_000,
    ]);
    const { figure } = measure([somebody("ann", {}, { tierHistory: history(...changes) })], {
      since: NOON - 5 * DAY_MS,
    });
    expect(figure("tier-moves", TODAY - 2, "lifecycle")).toMatchObject({ exact: false });
    expect(figure("tier-moves", TODAY - 1, "lifecycle")).toMatchObject({ exact: true });
    expect(figure("tier-moves", TODAY - 2, "lifecycle - active")).toBeUndefined();
  });

  test("of a ladder that is no more are not counted", () => {
    const tierHistory = new Map([["gone", [{ tier: "a", at: NOON - DAY_MS }]]]);
    const { figures } = measure([somebody("ann", {}, { tierHistory })]);
    expect(figures.filter(({ metric, by }) => metric === "tier-moves" && by === "move")).toEqual([]);
  });
});

describe("members", () => {
  const favourite = { kind: "tag" as const, name: "favourite", value: { top: "category", of: "Product Viewed" } };
  const holding = (name: string, ...keys: string[]) =>
    somebody(name, {}, { memberships: new Map(keys.map((key) => [key as MembershipKey, membership])) });

  test("are counted by key, of tags with a value too, and of none that no definition has", () => {
    const { members } = measure(
      [holding("ann", "tag:vip", "tag:favourite=tea", "tag:gone"), holding("bob", "tag:favourite=tea")],
      { definitions: [aTag("vip"), aTag("none"), favourite] },
    );
    expect(Object.fromEntries(members)).toEqual({ "tag:vip": 1, "tag:none": 0, "tag:favourite=tea": 2 });
  });

  test("of a tag with endlessly many values stay within bounds, the same whoever counts first, each count whole", () => {
    const people = Array.from({ length: 6_000 }, (_, n) => holding(`${n}`, `tag:favourite=v${n % 3_000}`));
    const tallyOf = (some: readonly Profile[]) => measure(some, { definitions: [favourite] }).tally;
    const whole = measure(people, { definitions: [favourite] });
    const slices = [people.slice(4_000), people.slice(0, 1_500), people.slice(1_500, 4_000)].map(tallyOf);
    const merged = slices.reduce<Tally>(mergeTallies, newTally());
    const { members } = measuresOf(merged, whole.frame);
    expect(members.size).toBe(1_000);
    expect(members).toEqual(whole.members);
    expect(new Set(members.values())).toEqual(new Set([2]));
  });
});

test("what a run measured is kept, and keeping it twice changes nothing", async () => {
  const metrics = makeMemoryMetricStore();
  const { frame, ...measures } = measure([somebody("ann", orders(2, 3))]);
  for (let time = 0; time < 2; time++) await recordMeasures(metrics, measures, frame);
  const series = await metrics.series({ metric: "orders", by: "everyone" }, { from: TODAY - 30, to: TODAY });
  expect(series).toEqual([{ day: TODAY, dimension: "", value: 2, exact: true, at: NOON }]);
  const silent = "tier:lifecycle=silent" as MembershipKey;
  expect(await metrics.lastMembershipCount(silent)).toEqual({ count: 0, at: NOON });
});
