import type { RuleProperties } from "json-rules-engine";
import type { Rule } from "#events/rule.ts";

type Conditions = RuleProperties["conditions"];

/** One question in both languages: over a person's state, and over facts that were counted before (`count-facts.ts`). */
interface Question {
  readonly name: string;
  readonly rule: Rule;
  readonly conditions: Conditions;
}

const atLeast = (fact: string, value: number) => ({ fact, operator: "greaterThanInclusive", value });
const below = (fact: string, value: number) => ({ fact, operator: "lessThan", value });
const isOneOf = (fact: string, value: readonly string[]) => ({ fact, operator: "in", value });

/** Ten rules of three conditions each, such as a shop writes them. */
export const TEN_RULES: readonly Question[] = [
  {
    name: "left-a-cart",
    rule: {
      all: [
        { did: { event: "Product Added", within: "7d" } },
        { not: { did: { event: "Order Completed", within: "7d" } } },
        { did: { event: "Product Viewed", within: "30d", atLeast: 3 } },
      ],
    },
    conditions: { all: [atLeast("added7d", 1), below("ordered7d", 1), atLeast("viewed30d", 3)] },
  },
  {
    name: "coffee-customer",
    rule: {
      all: [
        {
          did: { event: "Product Viewed", within: "30d", atLeast: 2, where: [{ property: "category", is: "coffee" }] },
        },
        { orders: { count: { atLeast: 1 } } },
        { trait: { name: "city", in: ["London", "Leeds"] } },
      ],
    },
    conditions: {
      all: [atLeast("coffeeViewed30d", 2), atLeast("orders", 1), isOneOf("city", ["London", "Leeds"])],
    },
  },
  {
    name: "big-spender",
    rule: {
      any: [
        { sum: { event: "Order Completed", property: "revenue", within: "365d", atLeast: 100 } },
        { orders: { averageValue: { atLeast: 40 } } },
        { orders: { count: { atLeast: 5 } } },
      ],
    },
    conditions: { any: [atLeast("revenue365d", 100), atLeast("averageValue", 40), atLeast("orders", 5)] },
  },
  {
    name: "going-quiet",
    rule: {
      all: [
        { inactive: { for: "14d" } },
        { activeDays: { within: "60d", atLeast: 2 } },
        { not: { inactive: { for: "45d" } } },
      ],
    },
    conditions: {
      all: [atLeast("hoursSinceSeen", 14 * 24), atLeast("activeDays60d", 2), below("hoursSinceSeen", 45 * 24)],
    },
  },
  {
    name: "plus-and-here",
    rule: {
      all: [
        { trait: { name: "plan", is: "plus" } },
        { trait: { name: "age", gte: 30 } },
        { activeDays: { within: "30d", atLeast: 1 } },
      ],
    },
    conditions: {
      all: [{ fact: "plan", operator: "equal", value: "plus" }, atLeast("age", 30), atLeast("activeDays30d", 1)],
    },
  },
  {
    name: "searcher",
    rule: {
      all: [
        { did: { event: "Products Searched", within: "30d", atLeast: 2 } },
        { did: { event: "Page Viewed", within: "30d", atLeast: 2 } },
        { not: { orders: { count: { atLeast: 1 } } } },
      ],
    },
    conditions: { all: [atLeast("searched30d", 2), atLeast("paged30d", 2), below("orders", 1)] },
  },
  {
    name: "new-and-keen",
    rule: {
      any: [
        { did: { event: "Product Added", within: "24h" } },
        { did: { event: "Product Viewed", within: "24h", atLeast: 4 } },
        { did: { event: "Order Completed", within: "7d" } },
      ],
    },
    conditions: { any: [atLeast("added24h", 1), atLeast("viewed24h", 4), atLeast("ordered7d", 1)] },
  },
  {
    name: "win-back",
    rule: {
      all: [
        { orders: { count: { atLeast: 1 } } },
        { orders: { daysSinceLast: { atLeast: 20 } } },
        { sum: { event: "Order Completed", property: "revenue", within: "365d", atLeast: 20 } },
      ],
    },
    conditions: { all: [atLeast("orders", 1), atLeast("daysSinceOrder", 20), atLeast("revenue365d", 20)] },
  },
  {
    name: "british-desktop",
    rule: {
      all: [
        { place: { country: "GB" } },
        { device: { os: ["Mac OS", "Windows"] } },
        { did: { event: "Page Viewed", within: "30d" } },
      ],
    },
    conditions: {
      all: [
        { fact: "country", operator: "equal", value: "GB" },
        isOneOf("os", ["Mac OS", "Windows"]),
        atLeast("paged30d", 1),
      ],
    },
  },
  {
    name: "cart-value",
    rule: {
      any: [
        { sum: { event: "Product Added", property: "price", within: "7d", atLeast: 60 } },
        { sum: { event: "Product Added", property: "price", within: "30d", atLeast: 150 } },
        { orders: { revenue: { atLeast: 200 } } },
      ],
    },
    conditions: { any: [atLeast("addedPrice7d", 60), atLeast("addedPrice30d", 150), atLeast("revenue", 200)] },
  },
];
