import { describe, expect, test } from "vitest";
import { decideFacts } from "#domain/journeys/decide-facts.ts";
import type { Refusal } from "#domain/journeys/enter-journey.ts";
import { makeRefusalTally } from "#domain/journeys/refusal-tally.ts";
import { makeCalendar } from "#domain/time/calendar.ts";
import { encodeStreamRecord } from "#events/stream-record.ts";
import { makeDecideHandler } from "#functions/decide/make-decide-handler.ts";
import { foldBatch } from "#functions/fold/fold-batch.ts";
import { openJourneyWorld } from "../../support/journey-ports.ts";
import { makeMemoryRefusalStore } from "../../support/memory-refusal-store.ts";
import { anEvent, NOON } from "../../support/people.ts";

const DAY_MS = 86_400_000;
const today = makeCalendar("UTC").dayOf(NOON);
const journey = (more: object) => ({
  kind: "journey",
  name: "hello",
  trigger: { event: "Product Viewed" },
  steps: [{ wait: { for: "1h" } }],
  ...more,
});

describe("whoever a trigger names and who does not enter", () => {
  test.each<[Refusal, object, number]>([
    ["once", { entry: { once: "ever" } }, 2],
    ["entry_rule", { entry: { when: { did: { event: "Order Completed", within: "30d" } } } }, 3],
    ["property_missing", { entry: { once: { property: "sku" } } }, 3],
    ["journey_not_live", { state: "paused" }, 3],
  ])("is noted with the reason, journey and day: %s", async (reason, more, times) => {
    const { ports, journeys, refused } = openJourneyWorld(journey(more));
    await foldBatch(
      ports,
      [0, 1, 2].map((n) => anEvent(`view-${n}`, { at: NOON - n })),
    );
    await decideFacts(journeys, ports.facts.published.splice(0));
    expect(refused).toEqual(Array.from({ length: times }, () => ({ journey: "hello", day: today, reason })));
  });

  test("is noted where the trigger is long gone", async () => {
    const { ports, journeys, refused, clock } = openJourneyWorld(journey({}));
    await foldBatch(ports, [anEvent("view", { at: NOON })]);
    clock.now = NOON + 4 * DAY_MS;
    await decideFacts(journeys, ports.facts.published.splice(0));
    expect(refused).toEqual([{ journey: "hello", day: today + 4, reason: "trigger_too_old" }]);
  });

  test("is not noted where the trigger that let them in comes again", async () => {
    const { ports, journeys, refused } = openJourneyWorld(journey({ entry: { once: "ever" } }));
    await foldBatch(ports, [anEvent("view", { at: NOON })]);
    const facts = ports.facts.published.splice(0);
    for (let n = 0; n < 3; n++) await decideFacts(journeys, facts);
    expect(refused).toEqual([]);
  });
});

describe("the refusals of a batch", () => {
  async function openBatch(add: ReturnType<typeof makeMemoryRefusalStore>["add"]) {
    const { ports, journeys } = openJourneyWorld(journey({ entry: { once: "ever" } }));
    await foldBatch(
      ports,
      Array.from({ length: 30 }, (_, n) => anEvent(`view-${n}`, { at: NOON - n })),
    );
    const lost: number[] = [];
    const refusals = makeRefusalTally({ add }, (_error, count) => lost.push(count));
    const decide = makeDecideHandler({ ...journeys, refusals }, () => {});
    const Records = ports.facts.published.splice(0).map((fact, n) => ({
      kinesis: {
        partitionKey: fact.profileId,
        sequenceNumber: String(n),
        data: Buffer.from(encodeStreamRecord("facts", [fact])).toString("base64"),
      },
    }));
    return { lost, run: () => decide({ Records } as unknown as Parameters<typeof decide>[0]) };
  }

  test("are added up before they are written, and written once", async () => {
    const store = makeMemoryRefusalStore();
    let writes = 0;
    const { run } = await openBatch(async (refused) => {
      writes += refused.length;
      await store.add(refused);
    });
    expect(await run()).toEqual({ batchItemFailures: [] });
    expect(writes).toBe(1);
    expect(await store.ofJourney("hello", { from: today, to: today })).toEqual(new Map([["once", 29]]));
  });

  test("are lost and told of where they cannot be written: the batch is through", async () => {
    const { run, lost } = await openBatch(async () => {
      throw new Error("no table");
    });
    expect(await run()).toEqual({ batchItemFailures: [] });
    expect(lost).toEqual([29]);
  });
});
