import { expect, test } from "vitest";
import { decideFacts } from "#domain/journeys/decide-facts.ts";
import type { Fact } from "#events/fact.ts";
import { foldBatch } from "#functions/fold/fold-batch.ts";
import { withFaults } from "../../support/failing-ports.ts";
import { openJourneyWorld } from "../../support/journey-ports.ts";
import { anEvent, NOON } from "../../support/people.ts";
import { seededNumbers } from "../../support/seeded-numbers.ts";

const journey = (once: unknown) => ({
  kind: "journey",
  name: "hello",
  trigger: { event: "Product Viewed" },
  entry: { once },
  steps: [{ wait: { for: "1h" } }],
});

test.each(Array.from({ length: 40 }, (_, seed) => seed))(
  "once lets one of several triggers in that many workers hear of at once (seed %i)",
  async (seed) => {
    const { ports, journeys } = openJourneyWorld(journey(seed % 2 ? "ever" : { per: "7d" }));
    const views = Array.from({ length: 4 }, (_, n) => anEvent(`view-${n}`, { at: NOON - n }));
    await foldBatch(ports, views);
    const facts = ports.facts.published.splice(0);
    const next = seededNumbers(seed);
    const faulty = { ...journeys, runs: withFaults(journeys.runs, next, () => 0.1) };
    const decide = async (fact: Fact): Promise<void> => {
      for (let attempt = 0; attempt < 500; attempt++) {
        try {
          return await decideFacts(faulty, [fact]);
        } catch {
          // It comes again.
        }
      }
    };
    await Promise.all([...facts, ...facts].map(decide));
    expect(facts).toHaveLength(4);
    expect(journeys.runs.all()).toHaveLength(1);
  },
);
