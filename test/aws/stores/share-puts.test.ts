import { BatchWriteItemCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { expect, test } from "vitest";
import { makeActivityStore } from "#aws/stores/activity-store.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import { makeMemoryDynamo } from "../../support/memory-dynamo.ts";
import { anEvent } from "../../support/people.ts";

const ANN = "p-1" as ProfileId;

/** A DynamoDB that takes as many items of each call, in turn, as `takes` says, and leaves the others unprocessed. */
function reluctantDynamo(takes: number[]) {
  const memory = makeMemoryDynamo();
  const sizes: number[] = [];
  const send = async (command: object) => {
    if (!(command instanceof BatchWriteItemCommand)) return memory.execute(command);
    const [[table, requests] = ["", []]] = Object.entries(command.input.RequestItems ?? {});
    sizes.push(requests.length);
    const taken = requests.slice(0, takes.shift() ?? requests.length);
    if (taken.length > 0) memory.execute(new BatchWriteItemCommand({ RequestItems: { [table]: taken } }));
    const left = requests.slice(taken.length);
    return { UnprocessedItems: left.length > 0 ? { [table]: left } : {} };
  };
  return { sizes, dynamo: { send } as unknown as DynamoDBClient };
}

const people = (count: number) => Array.from({ length: count }, (_, n) => `p-${n}` as ProfileId);

test("logs of many people are written in calls of 25, and what was left unprocessed again", async () => {
  const { dynamo, sizes } = reluctantDynamo([10, 25]);
  const waits: number[] = [];
  const store = makeActivityStore({ dynamo, table: "activity", sleep: async (ms) => void waits.push(ms) });
  await Promise.all(people(40).map((id) => store.append(id, [anEvent(`m-${id}`)], 30)));
  expect(sizes).toEqual([25, 15, 15]);
  expect(waits).toHaveLength(1);
  for (const id of people(40)) expect((await store.list(id, { limit: 10 })).events).toHaveLength(1);
});

test("the same chunk from two workers of one batch is written once", async () => {
  const { dynamo, sizes } = reluctantDynamo([]);
  const store = makeActivityStore({ dynamo, table: "activity" });
  await Promise.all([1, 2].map(() => store.append(ANN, [anEvent("m-1")], 30)));
  expect(sizes).toEqual([1]);
});

test("where a table goes on refusing, the caller hears that it may try again", async () => {
  const { dynamo } = reluctantDynamo(Array.from({ length: 100 }, () => 0));
  const store = makeActivityStore({ dynamo, table: "activity", sleep: async () => {} });
  await expect(store.append(ANN, [anEvent("m-1")], 30)).rejects.toMatchObject({
    code: "store_throttled",
    retriable: true,
  });
});

test("one person whose log the table will not take keeps nobody else's back", async () => {
  const { dynamo, sizes } = reluctantDynamo([]);
  const send = dynamo.send.bind(dynamo);
  const strict = {
    send: async (command: BatchWriteItemCommand) => {
      if (JSON.stringify(command.input).includes("p-3"))
        throw Object.assign(new Error("p-3 is no key"), { name: "ValidationException" });
      return send(command);
    },
  };
  const store = makeActivityStore({ dynamo: strict as unknown as DynamoDBClient, table: "activity" });
  const outcomes = await Promise.allSettled(people(5).map((id) => store.append(id, [anEvent(`m-${id}`)], 30)));
  expect(outcomes.map(({ status }) => status)).toEqual([
    "fulfilled",
    "fulfilled",
    "fulfilled",
    "rejected",
    "fulfilled",
  ]);
  expect(sizes).toEqual([1, 1, 1, 1]);
});
