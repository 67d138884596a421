import { describe, expect, test } from "vitest";
import { emptyState } from "#domain/profile/empty-state.ts";
import { foldEvents } from "#domain/profile/fold.ts";
import { compileRule } from "#domain/rules/compile.ts";
import { planFeatures } from "#domain/rules/features.ts";
import { makeSubject } from "#domain/rules/subject.ts";
import { ALWAYS } from "#domain/rules/verdict.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { Rule } from "#events/rule.ts";
import { anEvent } from "../../support/people.ts";
import { ruleSettings } from "./rule-settings.ts";

const at = (text: string) => Date.parse(text);

/** What a rule answers of someone with these events. */
function evaluate(input: Rule, events: readonly CollectedEvent[], now: string, timeZone = "UTC") {
  const rule = Rule.parse(input);
  const settings = ruleSettings(timeZone);
  const stamped = events.map((event) => ({ ...event, day: settings.calendar.dayOf(event.at) }));
  const { state } = foldEvents(emptyState(), stamped, planFeatures([rule], settings));
  const tags = new Map([["tag:vip", ALWAYS]]);
  const answer = compileRule(rule, settings).evaluate(makeSubject(state, at(now), settings.calendar, tags));
  return { ...answer, until: answer.until === Infinity ? null : new Date(answer.until).toISOString() };
}

let events = 0;
function did(event: string, when: string, changed: Partial<CollectedEvent> = {}): CollectedEvent {
  return anEvent(`m-${events++}`, { event, at: at(when), ...changed });
}
function order(id: string, when: string, amountMinor = 1000): CollectedEvent {
  return did("Order Completed", when, { order: { kind: "completed", id, amountMinor } });
}

describe("windows", () => {
  test("30d is today and the 29 days before, in the project's zone, and ends at local midnight over a change of clocks", () => {
    const events = [did("Page Viewed", "2026-02-20T03:00:00Z")];
    const rule = { did: { event: "Page Viewed", within: "30d" } };
    // In New York it happened on 19 February, still winter; the window closes in summer time.
    expect(evaluate(rule, events, "2026-03-01T00:00:00Z", "America/New_York")).toMatchObject({
      holds: true,
      until: "2026-03-21T04:00:00.000Z",
    });
    expect(evaluate(rule, events, "2026-03-21T04:00:00Z", "America/New_York").holds).toBe(false);
  });

  test("6h is this clock hour and the 5 before it", () => {
    const events = [did("Page Viewed", "2026-02-20T03:59:59Z")];
    const rule = { did: { event: "Page Viewed", within: "6h" } };
    expect(evaluate(rule, events, "2026-02-20T08:59:59Z")).toMatchObject({
      holds: true,
      until: "2026-02-20T09:00:00.000Z",
    });
    expect(evaluate(rule, events, "2026-02-20T09:00:00Z").holds).toBe(false);
  });

  test("inactive counts exact hours, and nobody is inactive who was never seen", () => {
    const rule = { inactive: { for: "30d" } };
    const seen = [did("Page Viewed", "2026-02-20T03:30:00Z")];
    expect(evaluate(rule, seen, "2026-03-01T00:00:00Z", "America/New_York")).toMatchObject({
      holds: false,
      until: "2026-03-22T03:30:00.000Z",
    });
    expect(evaluate(rule, seen, "2026-03-22T03:30:00Z").holds).toBe(true);
    expect(evaluate(rule, [], "2026-03-22T03:30:00Z")).toMatchObject({ holds: false, until: null });
  });
});

describe("counting", () => {
  test("did asks for at least one unless it says otherwise", () => {
    const rule: Rule = { did: { event: "Page Viewed", atMost: 2 } };
    const view = () => did("Page Viewed", "2026-02-20T03:00:00Z");
    const holds = (views: number) => evaluate(rule, Array.from({ length: views }, view), "2026-02-21T00:00:00Z").holds;
    expect([0, 1, 2, 3].map(holds)).toEqual([false, true, true, false]);
  });

  test("a count that drops from above a range through it ends the wait at the first day within", () => {
    const days = ["2026-02-01T10:00:00Z", "2026-02-02T10:00:00Z", "2026-02-03T10:00:00Z"];
    const rule = { did: { event: "Page Viewed", within: "7d", atLeast: 1, atMost: 1 } };
    const answer = evaluate(
      rule,
      days.map((day) => did("Page Viewed", day)),
      "2026-02-04T00:00:00Z",
    );
    expect(answer).toMatchObject({ holds: false, until: "2026-02-09T00:00:00.000Z" });
  });

  test("three orders of one day leave the window together", () => {
    const orders = ["a", "b", "c"].map((id) => order(id, "2026-02-01T10:00:00Z"));
    const rule = { orders: { count: { atLeast: 1, below: 3 }, within: "7d" } };
    expect(evaluate(rule, orders, "2026-02-04T00:00:00Z")).toMatchObject({ holds: false, until: null });
  });

  test("thresholds of money are exact where floating point is not", () => {
    const rule = { sum: { event: "Order Completed", property: "revenue", atLeast: 0.07 } };
    const paid = (minor: number) => [did("Order Completed", "2026-02-20T03:00:00Z", { money: { revenue: minor } })];
    expect(evaluate(rule, paid(7), "2026-02-21T00:00:00Z").holds).toBe(true);
    expect(evaluate(rule, paid(6), "2026-02-21T00:00:00Z").holds).toBe(false);
  });

  test("the sum of nothing is 0, the average of no orders is missing", () => {
    const now = "2026-02-21T00:00:00Z";
    expect(evaluate({ sum: { event: "Order Completed", property: "revenue", below: 10 } }, [], now).holds).toBe(true);
    expect(evaluate({ orders: { averageValue: { below: 10 } } }, [], now).holds).toBe(false);
    expect(evaluate({ orders: { daysSinceLast: { atLeast: 0 } } }, [], now).holds).toBe(false);
  });

  test("cancelled and refunded orders: the first do not count, the second do, gross", () => {
    const events = [
      order("a", "2026-02-01T10:00:00Z"),
      order("b", "2026-02-02T10:00:00Z"),
      did("Order Cancelled", "2026-02-03T10:00:00Z", { order: { kind: "cancelled", id: "b" } }),
      did("Order Refunded", "2026-02-03T10:00:00Z", { order: { kind: "refunded", id: "a", amountMinor: 500 } }),
      did("Order Cancelled", "2026-02-03T10:00:00Z", { order: { kind: "cancelled", id: "never-placed" } }),
    ];
    const now = "2026-02-04T00:00:00Z";
    expect(evaluate({ orders: { count: { atLeast: 1, below: 2 } } }, events, now).holds).toBe(true);
    expect(evaluate({ orders: { revenue: { atLeast: 10, below: 10.01 } } }, events, now).holds).toBe(true);
  });

  test("days since the last order grow at every local midnight", () => {
    const rule = { orders: { daysSinceLast: { atLeast: 2, below: 4 } } };
    const events = [order("a", "2026-02-01T20:00:00Z")];
    const ask = (now: string) => evaluate(rule, events, now, "Asia/Shanghai");
    expect(ask("2026-02-02T00:00:00Z")).toMatchObject({ holds: false, until: "2026-02-03T16:00:00.000Z" });
    expect(ask("2026-02-03T16:00:00Z")).toMatchObject({ holds: true, until: "2026-02-05T16:00:00.000Z" });
    expect(ask("2026-02-05T16:00:00Z")).toMatchObject({ holds: false, until: null });
  });
});

describe("traits", () => {
  const person = [
    did("Signed Up", "2026-02-01T10:00:00Z", {
      traits: { city: "上海", age: 30, tags: ["a", 5], birthday: "1990-05-01", empty: null, nested: { a: 1 } },
    }),
  ];
  const holds = (trait: Rule["trait"], timeZone?: string) =>
    evaluate({ trait }, person, "2026-02-04T00:00:00Z", timeZone).holds;

  test("are compared as what they are", () => {
    expect(holds({ name: "age", is: 30 })).toBe(true);
    expect(holds({ name: "age", is: "30" })).toBe(false);
    expect(holds({ name: "city", startsWith: "上" })).toBe(true);
    expect(holds({ name: "city", gt: 5 })).toBe(false);
    expect(holds({ name: "tags", contains: 5 })).toBe(true);
    expect(holds({ name: "tags", contains: "5" })).toBe(false);
    expect(holds({ name: "nested", notIn: ["x"] })).toBe(false);
  });

  test("that are missing or null fail everything but exists: false", () => {
    for (const name of ["empty", "never-set", "toString"]) {
      expect(holds({ name, notIn: ["x"] })).toBe(false);
      expect(holds({ name, lt: 5 })).toBe(false);
      expect(holds({ name, exists: true })).toBe(false);
      expect(holds({ name, exists: false })).toBe(true);
    }
  });

  test("that are dates compare as the first instant of the day in the project's zone", () => {
    expect(holds({ name: "birthday", before: "1990-05-01" })).toBe(false);
    expect(holds({ name: "birthday", before: "1990-05-02" })).toBe(true);
    expect(holds({ name: "birthday", before: "1990-05-01T00:00:00Z" }, "America/New_York")).toBe(false);
    expect(holds({ name: "birthday", before: "1990-05-01T00:00:00Z" }, "Asia/Shanghai")).toBe(true);
    expect(holds({ name: "city", before: "1990-05-02" })).toBe(false);
  });
});

describe("combining", () => {
  const seen = [did("Page Viewed", "2026-02-01T10:00:00Z")];
  const now = "2026-02-02T00:00:00Z";
  const viewed = (within: string): Rule => ({ did: { event: "Page Viewed", within } });
  const idle = (length: string): Rule => ({ inactive: { for: length } });

  test("all that holds ends with its first leaf, any that holds with its last", () => {
    expect(evaluate({ all: [viewed("3d"), viewed("9d")] }, seen, now).until).toBe("2026-02-04T00:00:00.000Z");
    expect(evaluate({ any: [viewed("9d"), viewed("3d")] }, seen, now).until).toBe("2026-02-10T00:00:00.000Z");
  });

  test("all that fails waits for the last of those that fail, any for the first", () => {
    expect(evaluate({ all: [idle("7d"), idle("2d"), viewed("2d")] }, seen, now).until).toBe("2026-02-08T10:00:00.000Z");
    expect(evaluate({ any: [idle("7d"), idle("2d")] }, seen, now).until).toBe("2026-02-03T10:00:00.000Z");
  });

  test("evidence names the deciding leaves with what they saw and wanted", () => {
    const rule: Rule = { all: [viewed("3d"), { not: { tag: "vip" } }, { any: [idle("7d")] }] };
    expect(evaluate(rule, seen, now)).toMatchObject({
      holds: false,
      because: [
        { path: "all.1.not.tag", holds: true, seen: true, wants: "vip" },
        { path: "all.2.any.0.inactive", holds: false, seen: "2026-02-01T10:00:00.000Z", wants: { for: "7d" } },
      ],
    });
    expect(evaluate(viewed("3d"), seen, now).because).toEqual([
      { path: "did", holds: true, seen: 1, wants: { event: "Page Viewed", within: "3d" } },
    ]);
  });

  test("evidence stays small, however long the values", () => {
    const long = "长".repeat(5000);
    const rule: Rule = {
      any: Array.from({ length: 50 }, () => ({
        trait: { name: "bio", in: Array.from({ length: 1000 }, (_, n) => n) },
      })),
    };
    const person = [did("Signed Up", "2026-02-01T10:00:00Z", { traits: { bio: long } })];
    const { because } = evaluate(rule, person, now);
    expect(because).toHaveLength(10);
    expect(JSON.stringify(because).length).toBeLessThan(10_000);
  });
});
