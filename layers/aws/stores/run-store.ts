import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { Gate } from "#domain/journeys/enter.ts";
import type { Run } from "#domain/journeys/run.ts";
import type { RunStore, StoredRun } from "#domain/ports/run-store.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import type { Turn } from "../gather-calls.ts";
import { sleep as realSleep, type Sleep } from "../sleep.ts";
import { batchGetItems } from "./batch-get.ts";
import { callConditional, callStore } from "./dynamo-errors.ts";
import { enteredItem, queryEntered } from "./entered-runs.ts";
import { queryAll } from "./query-all.ts";
import { sharePuts } from "./share-puts.ts";

type Item = Record<string, AttributeValue>;

/** The Runs table: a person's runs (`run#<journey>#<id>`), the gates of their `once` (`gate#<journey>#<key>`), and by what
 *  their journey finds them (`entered-runs.ts`). */
export function makeRunStore(on: { dynamo: DynamoDBClient; table: string; sleep?: Sleep; turn?: Turn }): RunStore {
  const { dynamo, table, sleep = realSleep, turn } = on;
  const query = (profileId: ProfileId, prefix: string) =>
    queryAll(dynamo, table, {
      KeyConditionExpression: "pk = :person AND begins_with(sk, :prefix)",
      ExpressionAttributeValues: { ":person": { S: profileId }, ":prefix": { S: prefix } },
      ConsistentRead: true,
    });

  const put = (item: Item, condition: string, values?: Item) =>
    callConditional(table, () =>
      dynamo.send(
        new PutItemCommand({
          TableName: table,
          Item: item,
          ConditionExpression: condition,
          ...(values && { ExpressionAttributeValues: values }),
        }),
      ),
    );

  // Of a batch's people many begin at the same time.
  const putEntered = sharePuts({ dynamo, table, sleep, turn });

  return {
    async ofPerson(profileId) {
      return (await query(profileId, "run#")).map(storedRunOf);
    },

    async save(stored) {
      const { revision } = stored;
      // Before the run: one that is stored is always found by its journey.
      if (revision === 1) await putEntered(enteredItem(stored.run));
      const outcome =
        revision === 1
          ? await put(runItem(stored), "attribute_not_exists(pk)")
          : await put(runItem(stored), "r = :before", { ":before": { N: String(revision - 1) } });
      return outcome === "done" ? "saved" : "conflict";
    },

    async remove({ run, revision }) {
      await callConditional(table, () =>
        dynamo.send(
          new DeleteItemCommand({
            TableName: table,
            Key: runKey(run),
            ConditionExpression: "r = :revision",
            ExpressionAttributeValues: { ":revision": { N: String(revision) } },
          }),
        ),
      );
    },

    async passGate(gate) {
      const reopened = gate.at - gate.reopensAfterMs;
      const outcome = Number.isFinite(reopened)
        ? await put(gateItem(gate), "attribute_not_exists(pk) OR a <= :reopened", { ":reopened": { N: `${reopened}` } })
        : await put(gateItem(gate), "attribute_not_exists(pk)");
      if (outcome === "done") return "passed";
      const { Item } = await callStore(table, () =>
        dynamo.send(new GetItemCommand({ TableName: table, Key: gateKey(gate), ConsistentRead: true })),
      );
      return Item && gateOf(Item).entryKey === gate.entryKey ? "passed" : "closed";
    },

    async entered(slice) {
      const { rows, cursor } = await queryEntered({ dynamo, table }, slice);
      const keys = new Map(rows.map((row) => [`${row.profileId} ${row.runId}`, runKey({ ...row, id: row.runId })]));
      const stored = (await batchGetItems(dynamo, table, [...keys.values()])).map((item) => storedRunOf(item).run);
      const entries = new Set(rows.map((row) => `${row.profileId} ${row.runId} ${row.enteredAt}`));
      // A row whose writer died, or whose run another worker entered at another instant, leads to none that is meant.
      const isMeant = ({ profileId, id, enteredAt }: Run) => entries.has(`${profileId} ${id} ${enteredAt}`);
      const runs = stored.filter((run) => run.movedTo === undefined && isMeant(run));
      return { runs, ...(cursor !== undefined && { cursor }) };
    },

    async gatesOf(profileId) {
      return (await query(profileId, "gate#")).map(gateOf);
    },

    async keepGate(gate) {
      await put(gateItem(gate), "attribute_not_exists(pk) OR a < :at", { ":at": { N: String(gate.at) } });
    },
  };
}

function runKey({ profileId, journey, id }: Pick<Run, "profileId" | "journey" | "id">): Item {
  return { pk: { S: profileId }, sk: { S: `run#${journey}#${id}` } };
}

function runItem({ run, revision, expiresAt }: StoredRun): Item {
  return {
    ...runKey(run),
    r: { N: String(revision) },
    b: { B: zstdCompressSync(JSON.stringify(run)) },
    ...(expiresAt !== undefined && { ttl: ttlOf(expiresAt) }),
  };
}

function storedRunOf({ r, b, ttl }: Item): StoredRun {
  return {
    run: JSON.parse(zstdDecompressSync(b?.B ?? new Uint8Array()).toString("utf8")) as Run,
    revision: Number(r?.N),
    ...(ttl?.N !== undefined && { expiresAt: Number(ttl.N) * 1000 }),
  };
}

function gateKey({ profileId, journey, key }: Gate): Item {
  return { pk: { S: profileId }, sk: { S: `gate#${journey}#${key}` } };
}

/** a when it was passed · e by which entry · o how long it then stays closed (absent: for good). */
function gateItem(gate: Gate): Item {
  const { at, entryKey, reopensAfterMs } = gate;
  const reopens = Number.isFinite(reopensAfterMs);
  return {
    ...gateKey(gate),
    a: { N: String(at) },
    e: { S: entryKey },
    ...(reopens && { o: { N: String(reopensAfterMs) }, ttl: ttlOf(at + reopensAfterMs) }),
  };
}

function gateOf({ pk, sk, a, e, o }: Item): Gate {
  const [, journey = "", ...key] = (sk?.S ?? "").split("#");
  return {
    journey,
    profileId: pk?.S as ProfileId,
    key: key.join("#"),
    entryKey: e?.S ?? "",
    at: Number(a?.N),
    reopensAfterMs: o?.N === undefined ? Number.POSITIVE_INFINITY : Number(o.N),
  };
}

function ttlOf(at: number): AttributeValue {
  return { N: String(Math.ceil(at / 1000)) };
}
