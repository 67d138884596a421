import { createHash } from "node:crypto";
import { type DynamoDBClient, PutItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import type { AuditEntry, AuditStore } from "#domain/ports/audit-store.ts";
import { callStore } from "./dynamo-errors.ts";

/** Spreads one day's entries so that no partition takes every write of a busy day. */
const SHARDS = 4;
const DAY_MS = 86_400_000;

/** Keeps one item per administrative change under `yyyy-mm-dd#shard`, sorted by instant and id. */
export function makeAuditStore({ dynamo, table }: { dynamo: DynamoDBClient; table: string }): AuditStore {
  async function listShard(day: string, shard: number, bounds: { low: string; high: string }, limit: number) {
    const { Items = [] } = await callStore(table, () =>
      dynamo.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: "pk = :day AND sk BETWEEN :low AND :high",
          ExpressionAttributeValues: {
            ":day": { S: `${day}#${shard}` },
            ":low": { S: bounds.low },
            ":high": { S: bounds.high },
          },
          ScanIndexForward: false,
          Limit: limit,
          ConsistentRead: true,
        }),
      ),
    );
    return Items.map((item) => ({ sortKey: item.sk?.S ?? "", entry: item.entry?.S ?? "null" }));
  }

  return {
    async record(entry) {
      const day = dayOf(entry.at);
      await callStore(table, () =>
        dynamo.send(
          new PutItemCommand({
            TableName: table,
            Item: {
              pk: { S: `${day}#${shardOf(entry.id)}` },
              sk: { S: sortKeyOf(entry) },
              // One JSON attribute: entries are read whole, and details have no fixed shape.
              entry: { S: JSON.stringify(entry) },
            },
          }),
        ),
      );
    },

    async list({ from, to, cursor, limit }) {
      // A cursor is the sort key of the last entry given: everything older follows it.
      const high = cursor === undefined ? `${instant(to)}~` : cursor;
      const low = instant(from);
      if (high < low) return { entries: [] };
      const found: { sortKey: string; entry: string }[] = [];
      const newestDay = Date.parse(dayOf(Math.min(to, Date.parse(high.slice(0, 24)) || to)));
      for (let day = newestDay; day > from - DAY_MS && found.length <= limit; day -= DAY_MS) {
        const shards = await Promise.all(
          Array.from({ length: SHARDS }, (_, shard) => listShard(dayOf(day), shard, { low, high }, limit + 2)),
        );
        const ofDay = shards.flat().toSorted((a, b) => (a.sortKey < b.sortKey ? 1 : -1));
        found.push(...ofDay.filter((item) => item.sortKey !== cursor));
      }
      const page = found.slice(0, limit);
      const last = page.at(-1);
      return {
        entries: page.map(({ entry }) => JSON.parse(entry) as AuditEntry),
        ...(last && found.length > limit && { cursor: last.sortKey }),
      };
    },
  };
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}

function dayOf(ms: number): string {
  return instant(ms).slice(0, 10);
}

function sortKeyOf({ at, id }: AuditEntry): string {
  return `${instant(at)}#${id}`;
}

function shardOf(id: string): number {
  return createHash("sha256").update(id).digest().readUInt8(0) % SHARDS;
}
