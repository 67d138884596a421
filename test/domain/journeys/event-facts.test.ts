import { expect, test } from "vitest";
import { eventFacts } from "#domain/journeys/event-facts.ts";
import { anEvent, NOON } from "../../support/people.ts";
import { aJourney } from "./a-journey.ts";

const of = { profileId: "p_ann", version: 7, at: NOON };
const RESCUE = {
  trigger: { event: { name: "Product Added", where: [{ property: "price", gte: 10 }] } },
  goal: { event: "Order Completed" },
  steps: [{ waitFor: { event: "Page Viewed", for: "1h" } }],
};
const added = (messageId: string, properties: Record<string, unknown>) =>
  anEvent(messageId, { event: "Product Added", properties, money: { price: Number(properties.price) * 100 } });

test("events that some journey asks for become facts, in their order", () => {
  const events = [
    added("m-1", { price: 12 }),
    added("m-2", { price: 2 }),
    anEvent("m-3", { event: "Page Viewed", at: NOON - 5 }),
    anEvent("m-4", { event: "Product Viewed" }),
    anEvent("m-5", { event: "Order Completed" }),
  ];
  const facts = eventFacts(of, events, [aJourney(RESCUE)]);
  expect(facts.map(({ messageId, factId }) => [messageId, factId])).toEqual([
    ["m-1", "p_ann:7:e0"],
    ["m-3", "p_ann:7:e1"],
    ["m-5", "p_ann:7:e2"],
  ]);
  expect(facts[0]).toMatchObject({ ...of, properties: { price: 12 }, money: { price: 1200 }, occurredAt: NOON });
  expect(facts[1]).toMatchObject({ occurredAt: NOON - 5 });
});

test("a stopped journey asks for nothing, a paused one still does", () => {
  const events = [anEvent("m-1", { event: "Order Completed" })];
  expect(eventFacts(of, events, [aJourney({ ...RESCUE, state: "stopped" })])).toEqual([]);
  expect(eventFacts(of, events, [aJourney({ ...RESCUE, state: "paused" })])).toHaveLength(1);
});

test("what is too large loses its largest properties, in one fact and in all of a write", () => {
  const large = { price: 12, sku: "mug", note: "x".repeat(5000) };
  const [fact] = eventFacts(of, [added("m-1", large)], [aJourney(RESCUE)]);
  expect(fact).toMatchObject({ truncated: true, properties: { price: 12, sku: "mug" } });
  expect(fact?.properties).not.toHaveProperty("note");
  const many = Array.from({ length: 1000 }, (_, n) => added(`m-${n}`, { price: 12, note: "x".repeat(3000) }));
  const facts = eventFacts(of, many, [aJourney(RESCUE)]);
  expect(facts).toHaveLength(1000);
  expect(Buffer.byteLength(JSON.stringify(facts))).toBeLessThan(400_000);
});
