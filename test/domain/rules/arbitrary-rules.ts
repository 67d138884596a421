import fc from "fast-check";
import type { Rule } from "#events/rule.ts";
import { Rule as RuleSchema } from "#events/rule.ts";

/** Small worlds, so that rules and events meet. */
export const EVENT_NAMES = ["Product Viewed", "Order Completed"];
export const CATEGORIES = ["tea", "coffee", "cake"];
export const CITIES = ["上海", "London"];
export const SOURCES = ["google", "bing"];

const days = fc.integer({ min: 1, max: 12 }).map((n) => `${n}d`);
const hours = fc.integer({ min: 1, max: 48 }).map((n) => `${n}h`);
const window = fc.option(fc.oneof(days, hours), { nil: undefined });
const event = fc.constantFrom(...EVENT_NAMES);

const condition = fc.oneof(
  fc.constantFrom(...CATEGORIES).map((is) => ({ property: "category", is })),
  fc.subarray(CATEGORIES, { minLength: 1 }).map((values) => ({ property: "category", in: values })),
  fc.subarray(CATEGORIES, { minLength: 1 }).map((notIn) => ({ property: "category", notIn })),
  fc.constantFrom("a", "e", "ff").map((contains) => ({ property: "category", contains })),
  fc.boolean().map((exists) => ({ property: "category", exists })),
  fc.integer({ min: -3, max: 6 }).map((gte) => ({ property: "quantity", gte })),
  fc.integer({ min: -3, max: 6 }).map((lt) => ({ property: "quantity", lt })),
  fc.integer({ min: 0, max: 40 }).map((gt) => ({ property: "revenue", gt: gt / 2 })),
);
const where = fc.option(fc.array(condition, { minLength: 1, maxLength: 2 }), { nil: undefined });

const did = fc
  .record({
    event,
    where,
    within: window,
    atLeast: fc.nat({ max: 4 }),
    more: fc.option(fc.nat({ max: 3 }), { nil: undefined }),
  })
  .map(({ more, ...leaf }) => ({ did: { ...leaf, ...(more !== undefined && { atMost: leaf.atLeast + more }) } }));
const didOnDays = fc
  .record({ event, where, within: days, atLeast: fc.integer({ min: 1, max: 4 }) })
  .map((leaf) => ({ did: { ...leaf, on: "days" as const } }));

function rangeOf(max: number, scale: number) {
  return fc
    .record({ from: fc.nat({ max }), width: fc.integer({ min: 1, max }), ends: fc.constantFrom("both", "low", "high") })
    .map(({ from, width, ends }) => ({
      ...(ends !== "high" && { atLeast: from / scale }),
      ...(ends !== "low" && { below: (from + width) / scale }),
    }));
}

const sum = fc
  .record({ event, where, within: window, property: fc.constantFrom("revenue", "quantity"), range: rangeOf(60, 2) })
  .map(({ range, ...leaf }) => ({ sum: { ...leaf, ...range } }));

const orders = fc.oneof(
  fc.record({ count: rangeOf(4, 1), within: window }),
  fc.record({ revenue: rangeOf(60, 2), within: window }),
  fc.record({ averageValue: rangeOf(40, 2), within: window }),
  fc.record({ daysSinceLast: rangeOf(10, 1), within: fc.option(days, { nil: undefined }) }),
);

const trait = fc.oneof(
  fc.constantFrom(...CITIES, "x").map((is) => ({ name: "city", is })),
  fc.subarray(CITIES, { minLength: 1 }).map((notIn) => ({ name: "city", notIn })),
  fc.constantFrom("Lon", "上").map((startsWith) => ({ name: "city", startsWith })),
  fc.boolean().map((exists) => ({ name: "city", exists })),
  fc.integer({ min: -5, max: 10 }).map((gte) => ({ name: "points", gte })),
  fc.constantFrom("a", "b").map((contains) => ({ name: "groups", contains })),
  fc.constantFrom("free", "pro").map((is) => ({ name: "firstPlan", is })),
  fc.constantFrom("2026-03-08", "2026-03-08T05:00:00Z", "2026-11-01").map((before) => ({ name: "birthday", before })),
  fc.constantFrom("2026-03-08", "2026-10-31T16:00:00+08:00").map((after) => ({ name: "birthday", after })),
);

const anniversary = fc.record({
  trait: fc.constantFrom("birthday", "city"),
  within: fc.oneof(days, fc.constantFrom("1d", "31d", "365d", "366d", "400d")),
});

const distinct = fc.record({
  event,
  property: fc.constantFrom("category", "quantity"),
  within: window,
  atLeast: fc.integer({ min: 1, max: 5 }),
});

const prefers = fc.record({
  of: event,
  property: fc.constantFrom("category"),
  in: fc.subarray([...CATEGORIES, "bread"], { minLength: 1 }),
  top: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
});

const consent = fc.record({
  purpose: fc.constantFrom("marketing"),
  channel: fc.constantFrom("email", "sms", "*"),
  granted: fc.option(fc.boolean(), { nil: undefined }),
});

const wantedSource = fc.oneof(fc.constantFrom(...SOURCES), fc.subarray(SOURCES, { minLength: 1 }));
const acquisition = fc.oneof(
  wantedSource.map((source) => ({ first: { source } })),
  wantedSource.map((source) => ({ last: { source, medium: "cpc" } })),
  fc.subarray(SOURCES, { minLength: 1 }).map((listed) => ({ last: "source" as const, in: listed })),
  fc.subarray(SOURCES, { minLength: 1 }).map((listed) => ({ first: { source: null, medium: "cpc" }, in: listed })),
);

const scores = fc.option(fc.subarray([1, 2, 3, 4, 5], { minLength: 1 }), { nil: undefined });
const rfm = fc.record({ r: scores, f: scores, m: scores, fm: scores });

const quantile = fc.record({
  of: fc.oneof(
    fc.constantFrom("orders.count" as const, "orders.revenue" as const, "orders.daysSinceLast" as const),
    fc
      .record({ event, where, property: fc.constantFrom("revenue", "quantity"), within: window })
      .map((sum) => ({ sum })),
  ),
  among: fc.option(fc.constantFrom("buyers" as const, "all" as const), { nil: undefined }),
  atLeast: fc.constantFrom(0.2, 0.5, 0.8),
});

/** Those that compare a person to a population. */
const populationLeaves: fc.Arbitrary<Rule>[] = [
  rfm.map((leaf) => ({ rfm: leaf })),
  quantile.map((leaf) => ({ quantile: leaf })),
];

const leaves: fc.Arbitrary<Rule>[] = [
  did,
  didOnDays,
  sum,
  orders.map((leaf) => ({ orders: leaf })),
  fc.record({ within: fc.option(days, { nil: undefined }), atLeast: fc.integer({ min: 1, max: 5 }) }).map((leaf) => ({
    activeDays: leaf,
  })),
  fc.oneof(days, hours).map((length) => ({ inactive: { for: length } })),
  trait.map((leaf) => ({ trait: leaf })),
  distinct.map((leaf) => ({ distinct: leaf })),
  prefers.map((leaf) => ({ prefers: leaf })),
  anniversary.map((leaf) => ({ anniversary: leaf })),
  consent.map((leaf) => ({ consent: leaf })),
  acquisition.map((leaf) => ({ acquisition: leaf })),
  ...populationLeaves,
  fc.constantFrom(...CITIES).map((city) => ({ place: { city } })),
  fc.constantFrom("web", "ios").map((platform) => ({ device: { platform, os: ["iOS", "Windows"] } })),
];

/** Any leaf but those that need other definitions. */
export const arbitraryLeaf: fc.Arbitrary<Rule> = fc.oneof(...leaves).filter(isValid);

/** Rules of up to three levels that ask for one person's events alone. */
export const arbitraryRule = rulesOver(
  fc.oneof(...leaves.filter((leaf) => !populationLeaves.includes(leaf))).filter(isValid),
);

/** The same, with leaves that compare a person to a population. */
export const arbitraryPopulationRule = rulesOver(arbitraryLeaf);

function rulesOver(leaf: fc.Arbitrary<Rule>): fc.Arbitrary<Rule> {
  return fc.letrec<{ rule: Rule }>((tie) => ({
    rule: fc.oneof(
      { maxDepth: 3, depthSize: "small" },
      leaf,
      fc.array(tie("rule"), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
      fc.array(tie("rule"), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
      tie("rule").map((not) => ({ not })),
    ),
  })).rule;
}

/** Every rule here goes through the schema that authors' rules go through. */
function isValid(rule: Rule): boolean {
  return RuleSchema.safeParse(rule).success;
}
