import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { expect, test } from "vitest";
import { shareReads } from "#aws/share-reads.ts";
import { makeProfileStore } from "#aws/stores/profile-store.ts";
import { makeRunStore } from "#aws/stores/run-store.ts";
import { makeSuppressionStore } from "#aws/stores/suppression-store.ts";
import { makeTimerStore } from "#aws/stores/timer-store.ts";
import { makeTouchStore } from "#aws/stores/touch-store.ts";
import { decideFacts } from "#domain/journeys/decide-facts.ts";
import { foldBatch } from "#functions/fold/fold-batch.ts";
import { openJourneyWorld } from "../../support/journey-ports.ts";
import { makeMemoryDynamo } from "../../support/memory-dynamo.ts";
import { anEvent } from "../../support/people.ts";

const PEOPLE = 20;
const mail = { send: { channel: "email", template: "hello", category: "transactional" } };
const journey = (steps: unknown[], entry?: unknown) => ({
  kind: "journey",
  name: "hello",
  trigger: { event: "Product Viewed" },
  ...(entry !== undefined && { entry }),
  steps,
});

/** What DynamoDB is asked while the facts of so many people's events, one each, are decided on side by side. */
async function countCalls(...journeys: unknown[]) {
  const { ports, journeys: inMemory, queues } = openJourneyWorld(...journeys);
  const memory = makeMemoryDynamo();
  const calls: string[] = [];
  const dynamo = {
    send: async (command: { input: { TableName?: string; RequestItems?: object } }) => {
      const { TableName, RequestItems = {} } = command.input;
      const name = command.constructor.name.replace("Command", "");
      calls.push(`${name} ${TableName ?? Object.keys(RequestItems).join()}`);
      return memory.execute(command);
    },
  };
  const on = (table: string) => ({ dynamo: dynamo as unknown as DynamoDBClient, table });
  const sharing = (table: string) => ({ dynamo: shareReads(dynamo as unknown as DynamoDBClient), table });
  const profiles = makeProfileStore(sharing("Profiles"));
  const events = Array.from({ length: PEOPLE }, (_, n) =>
    anEvent(`m-${n}`, {
      identifiers: [
        ["userId", `u-${n}`],
        ["email", `u-${n}@example.com`],
      ],
    }),
  );
  await foldBatch({ ...ports, profiles }, events);
  const facts = ports.facts.published.splice(0);
  calls.length = 0;
  const real = {
    ...inMemory,
    profiles,
    runs: makeRunStore(on("Runs")),
    touches: makeTouchStore(sharing("Touches")),
    timers: makeTimerStore(on("Timers")),
    suppressions: makeSuppressionStore(sharing("Suppressions")),
  };
  await Promise.all(facts.map((fact) => decideFacts(real, [fact])));
  const counts: Record<string, number> = {};
  for (const call of calls) counts[call] = (counts[call] ?? 0) + 1;
  return { counts, requested: queues.get("email")?.sent.length };
}

test("an entry that asks for a message is written in three calls; what a batch's people read they share calls for", async () => {
  const { counts, requested } = await countCalls(journey([mail]));
  expect(requested).toBe(PEOPLE);
  expect(counts).toEqual({
    // As they live now, and once more after the run was written.
    "BatchGetItem Profiles": 2,
    "Query Runs": PEOPLE,
    // By which its journey finds it.
    "BatchWriteItem Runs": 1,
    // With what it owes; and that this was done.
    "PutItem Runs": 2 * PEOPLE,
    "BatchGetItem Touches": 1,
    "BatchGetItem Suppressions": 1,
    "PutItem Touches": PEOPLE,
  });
});

test("an entry that waits is one write of the run, behind its gate and its timer", async () => {
  const { counts } = await countCalls(journey([{ wait: { for: "1h" } }, mail], { once: "ever" }));
  expect(counts).toEqual({
    "BatchGetItem Profiles": 2,
    "Query Runs": PEOPLE,
    "PutItem Timers": PEOPLE,
    "BatchWriteItem Runs": 1,
    // Of the run, and of the gate.
    "PutItem Runs": 2 * PEOPLE,
  });
});
