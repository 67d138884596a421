import type { Figure } from "../benchmark.ts";
import { shopBundle } from "../population/shop-definitions.ts";
import { EVENTS_A_REQUEST, shopRequests } from "../population/shop-requests.ts";
import { makeCountedPipeline, RECORDS_A_BATCH } from "./counted-pipeline.ts";

const START = Date.UTC(2026, 5, 1, 9);

/** One known person sends everything. Their events share a stream key, so each batch of the fold is theirs alone. */
export async function runFlood(events: number): Promise<Figure[]> {
  const pipeline = makeCountedPipeline(shopBundle({ outOfReach: true }));
  const ofOne = (requests: number, startAt: number) => [
    ...shopRequests({ requests, eventsAPerson: EVENTS_A_REQUEST, personOf: () => 4, startAt }),
  ];
  await pipeline.run(ofOne(1, START - 60_000));
  pipeline.reset();
  const requests = ofOne(Math.ceil(events / EVENTS_A_REQUEST), START);
  for (let start = 0; start < requests.length; start += RECORDS_A_BATCH) {
    await pipeline.run(requests.slice(start, start + RECORDS_A_BATCH));
  }
  const { puts, updates, writeUnits } = pipeline.dynamo.countsOf("Profiles");
  const { invocations } = pipeline.functions.fold;
  return [
    { name: "flood of one person: events", value: requests.length * EVENTS_A_REQUEST },
    { name: "flood of one person: invocations of the fold", value: invocations },
    { name: "flood of one person: profile writes", value: puts + updates, goal: { atMost: invocations } },
    { name: "flood of one person: write units of the profile", value: writeUnits },
  ];
}
