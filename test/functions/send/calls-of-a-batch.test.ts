import { setImmediate as nextTurn } from "node:timers/promises";
import { BatchGetItemCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { KinesisClient } from "@aws-sdk/client-kinesis";
import { expect, test } from "vitest";
import { makeProfileStore } from "#aws/stores/profile-store.ts";
import { sendBatch } from "#domain/sending/send-batch.ts";
import { makeSendStores } from "#functions/send/make-send-stores.ts";
import { makeMemoryDynamo } from "../../support/memory-dynamo.ts";
import { makeMemoryKinesis } from "../../support/memory-kinesis.ts";
import { MAIL, openSendWorld } from "../../support/send-world.ts";

/** A batch of ten messages of two touches each. */
const TOUCHES = 20;
/** More turns of the event loop than a touch takes from its place in the schedule to its end. */
const TURNS_A_MS = 100;
const cap = { kind: "setting", name: "project", caps: [{ channel: "email", max: 3, per: "24h" }] };

const CONFIG = {
  STRATA_TABLE_TOUCHES: "Touches",
  STRATA_TABLE_PROFILES: "Profiles",
  STRATA_TABLE_SUPPRESSIONS: "Suppressions",
  STRATA_TABLE_CAPS: "Caps",
  STRATA_TABLE_TIMERS: "Timers",
  STRATA_TABLE_WORK: "Work",
  STRATA_EVENT_STREAM: "EventStream",
};

/** Sends a full batch, each touch to somebody else, and counts the calls that it takes. */
async function countCalls(sleep: (ms: number) => Promise<unknown>) {
  const world = openSendWorld(MAIL, cap);
  const [memory, streams] = [makeMemoryDynamo(), makeMemoryKinesis(1)];
  const counts = new Map<string, number>();
  const count = (call: string) => counts.set(call, (counts.get(call) ?? 0) + 1);
  const dynamo = {
    async send(command: { readonly input: { readonly TableName?: string } }) {
      const [table] = command instanceof BatchGetItemCommand ? Object.keys(command.input.RequestItems ?? {}) : [];
      const word = command.constructor.name.startsWith("Put") ? "writes" : "reads";
      count(`${word} of ${table ?? command.input.TableName}`);
      return memory.execute(command);
    },
  } as unknown as DynamoDBClient;
  const kinesis = {
    async send(command: object) {
      count("puts of events");
      return streams.execute(command);
    },
  } as unknown as KinesisClient;
  const stores = makeSendStores(CONFIG, { dynamo, kinesis });
  const profiles = makeProfileStore({ dynamo, table: CONFIG.STRATA_TABLE_PROFILES });
  const ids: string[] = [];
  for (let n = 0; n < TOUCHES; n++) {
    await profiles.save(await world.person(`p${n}`));
    const touch = await world.touch(`t-${n}`, { to: `p${n}` });
    await stores.touches.save({ touch, revision: 1 });
    ids.push(touch.id);
  }
  counts.clear();
  const { turns } = await sendBatch({ ...world.ports, ...stores, sleep }, "email", ids);
  for (const id of ids) expect(turns.get(id)).toEqual({ kind: "ended", state: "sent" });
  return Object.fromEntries(counts);
}

/** Claim, end, and what the provider calls it. */
const WRITES_OF_TOUCHES = 3 * TOUCHES;
const OPENING = { "reads of Touches": 1, "reads of Profiles": 1, "reads of Work": 1, "writes of Work": 1 };

test("a batch of touches that all may leave at once shares every read, and the event stream", async () => {
  expect(await countCalls(async () => undefined)).toEqual({
    ...OPENING,
    // Before anything else, and last of all.
    "reads of Suppressions": 2,
    "reads of Caps": 1,
    "writes of Caps": TOUCHES,
    "writes of Touches": WRITES_OF_TOUCHES,
    "puts of events": 1,
  });
});

test("a batch of touches that leave one after another shares what is read before", async () => {
  const oneByOne = async (ms: number) => {
    for (let turn = 0; turn < ms * TURNS_A_MS; turn++) await nextTurn();
  };
  expect(await countCalls(oneByOne)).toEqual({
    ...OPENING,
    "reads of Suppressions": 1 + TOUCHES,
    "reads of Caps": TOUCHES,
    "writes of Caps": TOUCHES,
    "writes of Touches": WRITES_OF_TOUCHES,
    "puts of events": TOUCHES,
  });
});
