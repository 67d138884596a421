import { describe, expect, test } from "vitest";
import { compileBundle } from "#domain/definitions/compile-bundle.ts";
import { writeThresholds } from "#domain/definitions/thresholds.ts";
import { evaluateMemberships } from "#domain/memberships/evaluate-memberships.ts";
import { explainMembership } from "#domain/memberships/explain-membership.ts";
import { foldEvents } from "#domain/profile/fold.ts";
import type { MembershipKey } from "#domain/profile/state.ts";
import type { Thresholds } from "#domain/rules/population.ts";
import type { Rule } from "#events/rule.ts";
import { anEvent, aPerson } from "../../support/people.ts";

const RUN = Date.parse("2026-03-01T02:00:00Z");
const DAY_MS = 86_400_000;
const RUN_DAY = Math.floor(RUN / DAY_MS);
const quintiles = (...values: number[]) => new Map(values.map((value, n) => [[0.2, 0.4, 0.6, 0.8][n] ?? 0, value]));
const thresholds: Thresholds = {
  at: RUN,
  day: RUN_DAY,
  exact: true,
  values: new Map([
    ["buyers orders.daysSinceLast", quintiles(5, 10, 20, 40)],
    ["buyers orders.count", quintiles(1, 2, 3, 5)],
    ["buyers orders.revenue", quintiles(1000, 2000, 5000, 10_000)],
    ["all orders.revenue", new Map([[0.5, 0]])],
  ]),
};

function bundleOf(rule: Rule, found: Thresholds | null = thresholds) {
  const definition = { kind: "tag", name: "it", rule };
  return compileBundle({
    version: 1,
    definitions: [{ kind: "tag", name: "it", version: 1, definition }],
    ...(found && { thresholds: writeThresholds(found) }),
  });
}

/** A person with so many orders of one amount, the last so many days before the run. */
function buyer(count: number, amountMinor: number, daysAgo: number) {
  const ann = aPerson("ann");
  const events = Array.from({ length: count }, (_, n) => {
    const at = RUN - (daysAgo + n) * DAY_MS;
    return anEvent(`o-${n}`, {
      at,
      event: "Order Completed",
      money: { discount: amountMinor },
      order: { kind: "completed", id: `o-${n}`, amountMinor },
    });
  });
  return (rule: Rule, at = RUN, found: Thresholds | undefined = thresholds) => {
    const bundle = bundleOf(rule, found);
    const person = { ...ann, state: foldEvents(ann.state, events, bundle.features).state };
    const { memberships } = evaluateMemberships(person, at, bundle);
    return { holds: memberships.size === 1, why: explainMembership(person, at, bundle, "tag:it" as MembershipKey) };
  };
}

describe("rfm", () => {
  test("scores a buyer against the thresholds of the last run", () => {
    const ann = buyer(4, 1500, 6);
    expect(ann({ rfm: { r: [4], f: [4], m: [4], fm: [4] } }).holds).toBe(true);
    expect(ann({ rfm: { r: [5] } })).toMatchObject({
      holds: false,
      why: { until: Infinity, because: [{ path: "rfm", seen: { r: 4, f: 4, m: 4, fm: 4 }, wants: { r: [5] } }] },
    });
  });

  test("does not age anybody between two runs", () => {
    expect(buyer(1, 100, 5)({ rfm: { r: [5] } }, RUN + 20 * DAY_MS).holds).toBe(true);
  });

  test("holds for nobody who never bought, and for nobody before the first run", () => {
    const rule: Rule = { rfm: { r: [1, 2, 3, 4, 5] } };
    expect(buyer(0, 0, 0)(rule).holds).toBe(false);
    const bundle = bundleOf(rule, null);
    expect(bundle.thresholds).toBeUndefined();
    expect(bundle.quantiles.map(({ id, ranks }) => `${id}: ${ranks.join()}`)).toEqual([
      "buyers orders.daysSinceLast: 0.2,0.4,0.6,0.8",
      "buyers orders.count: 0.2,0.4,0.6,0.8",
      "buyers orders.revenue: 0.2,0.4,0.6,0.8",
    ]);
    const person = aPerson("ann");
    expect(explainMembership(person, RUN, bundle, "tag:it" as MembershipKey)).toMatchObject({
      holds: false,
      because: [{ seen: "warming" }],
    });
  });
});

describe("quantile", () => {
  const top = (of: "orders.count" | "orders.revenue" | "orders.daysSinceLast"): Rule => ({
    quantile: { of, atLeast: 0.8 },
  });

  test("the top fifth is strictly above the threshold, as a score of 5 is", () => {
    expect(buyer(5, 2000, 1)(top("orders.revenue")).holds).toBe(false);
    expect(buyer(5, 2001, 1)(top("orders.revenue"))).toMatchObject({
      holds: true,
      why: { because: [{ seen: { value: 100.05, threshold: 100, exact: true } }] },
    });
    expect([buyer(5, 1, 1)(top("orders.count")).holds, buyer(6, 1, 1)(top("orders.count")).holds]).toEqual([
      false,
      true,
    ]);
  });

  test("of days since the last order the top fifth is the most recent", () => {
    const [five, six] = [buyer(1, 1, 5), buyer(1, 1, 6)].map((person) => person(top("orders.daysSinceLast")).holds);
    expect([five, six]).toEqual([true, false]);
  });

  test("among all, whoever never bought is of the population", () => {
    const rule: Rule = { quantile: { of: "orders.revenue", among: "all", atLeast: 0.5 } };
    expect([buyer(0, 0, 0)(rule).holds, buyer(1, 1, 1)(rule).holds]).toEqual([false, true]);
  });

  test("of a sum has a feature of its own and ends with its window", () => {
    const rule: Rule = {
      quantile: { of: { sum: { event: "Order Completed", property: "discount", within: "30d" } }, atLeast: 0.9 },
    };
    const { quantiles, features } = bundleOf(rule);
    const [id = ""] = quantiles.map((spec) => spec.id);
    expect([features.byId.size, quantiles[0]?.ranks]).toEqual([1, [0.9]]);
    const found = { ...thresholds, values: new Map([[id, new Map([[0.9, 1000]])]]) };
    expect(buyer(1, 1001, 1)(rule, RUN, found)).toMatchObject({
      holds: true,
      why: { until: (RUN_DAY + 29) * DAY_MS, because: [{ seen: { value: 10.01, threshold: 10, exact: true } }] },
    });
    expect(buyer(1, 1001, 1)(rule, RUN).holds).toBe(false);
  });
});
