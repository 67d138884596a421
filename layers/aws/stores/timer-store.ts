import { createHash } from "node:crypto";
import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import { TIMER_SHARDS, type Timer, type TimerKey, type TimerStore } from "#domain/ports/timer-store.ts";
import { callConditional, callStore } from "./dynamo-errors.ts";

const DAY_MS = 86_400_000;
/** Instants are padded so that their order as text is their order in time. */
const TIME_DIGITS = 15;

/** The Timers table: a partition is a day (UTC) of one shard, in which rows are sorted by the instant when they fall due
 *  (infra/decisions/0006-timers-by-day.md). */
export function makeTimerStore({ dynamo, table }: { dynamo: DynamoDBClient; table: string }): TimerStore {
  const unlessNewer = (version: number) => ({
    ConditionExpression: "attribute_not_exists(pk) OR v <= :version",
    ExpressionAttributeValues: { ":version": { N: String(version) } },
  });

  function queryDay(day: number, shard: number, after: string, { to, limit }: { to: number; limit: number }) {
    return callStore(table, () =>
      dynamo.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: "pk = :day AND sk BETWEEN :from AND :to",
          ExpressionAttributeValues: {
            ":day": { S: partitionOf(day, shard) },
            ":from": { S: after },
            // Behind every row of this very instant.
            ":to": { S: `${pad(to)}~` },
          },
          Limit: limit,
        }),
      ),
    );
  }

  return {
    async put(timer) {
      const { version, writtenAt } = timer;
      const row = { ...rowOf(timer), v: { N: String(version) }, w: { N: String(writtenAt) } };
      await callConditional(table, () =>
        dynamo.send(new PutItemCommand({ TableName: table, Item: row, ...unlessNewer(version) })),
      );
    },

    async remove(key, version) {
      await callConditional(table, () =>
        dynamo.send(new DeleteItemCommand({ TableName: table, Key: rowOf(key), ...unlessNewer(version) })),
      );
    },

    async due(shard, { from, to, cursor, limit }) {
      const timers: Timer[] = [];
      let after = cursor ?? pad(from);
      for (let day = dayOf(Number(after.slice(0, TIME_DIGITS))); day <= dayOf(to); day++) {
        const page = await queryDay(day, shard, after, { to, limit: limit - timers.length });
        timers.push(...(page.Items ?? []).map(timerOf));
        const last = page.LastEvaluatedKey?.sk?.S;
        // The place right behind the last row; a page may also end early, before its limit.
        if (last !== undefined) return { timers, cursor: `${last}\u0001` };
        after = pad((day + 1) * DAY_MS);
        if (timers.length >= limit && day < dayOf(to)) return { timers, cursor: after };
      }
      return { timers };
    },
  };
}

function rowOf({ kind, id, at }: TimerKey): Record<string, AttributeValue> {
  return { pk: { S: partitionOf(dayOf(at), shardOf(id)) }, sk: { S: `${pad(at)}#${kind}#${id}` } };
}

function timerOf({ sk, v, w }: Record<string, AttributeValue>): Timer {
  const [at, kind, ...id] = (sk?.S ?? "").split("#");
  return {
    kind: kind as Timer["kind"],
    id: id.join("#"),
    at: Number(at),
    version: Number(v?.N),
    writtenAt: Number(w?.N),
  };
}

function partitionOf(day: number, shard: number): string {
  return `${day}#${String(shard).padStart(2, "0")}`;
}

function shardOf(id: string): number {
  return createHash("sha256").update(id).digest().readUInt16BE(0) % TIMER_SHARDS;
}

function dayOf(at: number): number {
  return Math.floor(at / DAY_MS);
}

function pad(at: number): string {
  return String(at).padStart(TIME_DIGITS, "0");
}
