import { describe, expect, test } from "vitest";
import { measureFeature, planFeatures } from "#domain/rules/features.ts";
import type { Rule } from "#events/rule.ts";
import { anEvent } from "../../support/people.ts";
import { ruleSettings } from "./rule-settings.ts";

const plan = (...rules: Rule[]) => planFeatures(rules, ruleSettings());
const only = (rule: Rule) => {
  const [spec] = plan(rule).byId.values();
  if (!spec) throw new Error("no feature");
  return spec;
};
const did = (fields: Partial<NonNullable<Rule["did"]>>): Rule => ({ did: { event: "Order Completed", ...fields } });

describe("features", () => {
  test("one question asked in many rules is one feature, kept for the longest window", () => {
    const { byId, byEvent } = plan(
      did({ within: "7d" }),
      { not: { any: [did({ within: "30d", atLeast: 5 }), did({ within: "3d", on: "days" })] } },
      { trait: { name: "city", exists: true } },
    );
    expect(byId.size).toBe(1);
    expect(byEvent.get("Order Completed")).toEqual([
      expect.objectContaining({ unit: "day", measure: "count", keep: 30 }),
    ]);
  });

  test("a sum, the different values and the preferred values of one property are features of their own", () => {
    const { byId } = plan(
      { sum: { event: "Product Viewed", property: "quantity", within: "7d", atLeast: 1 } },
      { distinct: { event: "Product Viewed", property: "quantity", within: "7d", atLeast: 1 } },
      { distinct: { event: "Product Viewed", property: "quantity", within: "30d", atLeast: 9 } },
      { prefers: { of: "Product Viewed", property: "quantity", in: ["1"] } },
      { prefers: { of: "Product Viewed", property: "quantity", in: ["2"], top: 3 } },
    );
    expect([...byId.values()].map(({ unit, keep }) => `${keep} ${unit}`)).toEqual(["7 day", "30 day", "52 week"]);
  });

  test("hours, days and ever, another event, measure or condition are features of their own", () => {
    const { byId } = plan(
      did({ within: "7d" }),
      did({ within: "6h" }),
      did({}),
      did({ event: "Product Viewed" }),
      did({ where: [{ property: "category", is: "tea" }] }),
      did({ where: [{ property: "category", is: 5 }] }),
      did({ where: [{ property: "category", is: "5" }] }),
      { sum: { event: "Order Completed", property: "revenue", within: "7d", atLeast: 1 } },
    );
    expect(byId.size).toBe(8);
  });

  test("the order of conditions and of listed values asks nothing different", () => {
    const a = { property: "category", in: ["tea", "coffee"] };
    const b = { property: "price", gte: 5 };
    expect(only(did({ where: [a, b] })).id).toBe(only(did({ where: [b, { ...a, in: ["coffee", "tea"] }] })).id);
  });

  test("ids do not change between versions of the program", () => {
    expect(only(did({ within: "7d" })).id).toBe("RJ9jgulG6W");
  });

  test("a sum is minor units of the project's currency for money, ten-thousandths for other numbers", () => {
    const revenue = only({ sum: { event: "Order Completed", property: "revenue", atLeast: 1 } });
    const points = only({ sum: { event: "Order Completed", property: "points", atLeast: 1 } });
    const event = anEvent("m-1", {
      event: "Order Completed",
      properties: { revenue: 10, points: 0.1 },
      money: { revenue: 1250 },
    });
    expect(measureFeature(revenue, event)).toBe(1250);
    expect(measureFeature(points, event)).toBe(1000);
  });

  test("an amount without a rate, a text and what no integer holds add nothing", () => {
    const sum = (property: string) => only({ sum: { event: "Order Completed", property, atLeast: 1 } });
    const event = anEvent("m-1", { event: "Order Completed", properties: { revenue: 10, points: "5", huge: 1e300 } });
    expect(measureFeature(sum("revenue"), event)).toBeUndefined();
    expect(measureFeature(sum("points"), event)).toBeUndefined();
    expect(measureFeature(sum("huge"), event)).toBeUndefined();
    expect(measureFeature(sum("toString"), event)).toBeUndefined();
  });

  test("an event that does not match adds nothing", () => {
    const spec = only(did({ where: [{ property: "category", is: "tea" }] }));
    expect(measureFeature(spec, anEvent("m-1", { event: "Order Completed", properties: { category: "tea" } }))).toBe(1);
    expect(measureFeature(spec, anEvent("m-2", { event: "Order Completed" }))).toBeUndefined();
    expect(measureFeature(spec, anEvent("m-3", { properties: { category: "tea" } }))).toBeUndefined();
  });

  test("money is compared in the project's currency, and missing where no rate was known", () => {
    const spec = only(did({ where: [{ property: "revenue", gte: 12.5 }] }));
    const order = (money: Record<string, number> | undefined) =>
      anEvent("m-1", { event: "Order Completed", properties: { revenue: 999 }, ...(money && { money }) });
    expect(measureFeature(spec, order({ revenue: 1250 }))).toBe(1);
    expect(measureFeature(spec, order({ revenue: 1249 }))).toBeUndefined();
    expect(measureFeature(spec, order(undefined))).toBeUndefined();
  });
});
