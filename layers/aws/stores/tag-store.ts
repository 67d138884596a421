import { createHash } from "node:crypto";
import { type AttributeValue, type DynamoDBClient, PutItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import type { TagStore } from "#domain/ports/tag-store.ts";
import type { MembershipKey, ProfileId } from "#domain/profile/state.ts";
import { callConditional, callStore } from "./dynamo-errors.ts";

/** A partition takes 1,000 write units a second: a popular membership is spread over this many. */
export const TAG_SHARDS = 16;
/** A tombstone outlives every redelivery: streams keep records for 7 days. */
const TOMBSTONE_DAYS = 30;

/** The Tags table: one row for each member of each membership, written only by a newer version of the profile. */
export function makeTagStore(on: { dynamo: DynamoDBClient; table: string; now: () => number }): TagStore {
  const { dynamo, table, now } = on;

  function queryShard(key: MembershipKey, shard: number, rest: object) {
    return callStore(table, () =>
      dynamo.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: "pk = :membership",
          FilterExpression: "attribute_not_exists(x)",
          ExpressionAttributeValues: { ":membership": { S: `${key}#${shard}` } },
          ConsistentRead: true,
          ...rest,
        }),
      ),
    );
  }

  return {
    async put({ key, profileId, version, since, left }) {
      const expires = Math.floor(now() / 1000) + TOMBSTONE_DAYS * 24 * 3600;
      const outcome = await callConditional(table, () =>
        dynamo.send(
          new PutItemCommand({
            TableName: table,
            Item: {
              pk: { S: `${key}#${shardOf(profileId)}` },
              sk: { S: profileId },
              v: { N: String(version) },
              s: { N: String(since) },
              ...(left && { x: { BOOL: true }, ttl: { N: String(expires) } }),
            },
            ConditionExpression: "attribute_not_exists(pk) OR v < :version",
            ExpressionAttributeValues: { ":version": { N: String(version) } },
          }),
        ),
      );
      return outcome === "done" ? "written" : "stale";
    },

    async members(key, { cursor, limit }) {
      const members: { profileId: ProfileId; since: number }[] = [];
      const position = parseCursor(cursor);
      let startKey = position.after && startKeyOf(key, position.shard, position.after);
      for (let shard = position.shard; shard < TAG_SHARDS; shard++) {
        do {
          const page = await queryShard(key, shard, {
            Limit: limit - members.length,
            ...(startKey && { ExclusiveStartKey: startKey }),
          });
          for (const item of page.Items ?? []) {
            members.push({ profileId: item.sk?.S as ProfileId, since: Number(item.s?.N) });
          }
          startKey = page.LastEvaluatedKey;
          if (members.length >= limit) return { members, ...nextCursor(shard, startKey) };
        } while (startKey);
      }
      return { members };
    },

    async count(key, limit) {
      let count = 0;
      for (let shard = 0; shard < TAG_SHARDS; shard++) {
        let startKey: Record<string, AttributeValue> | undefined;
        do {
          const page = await queryShard(key, shard, {
            Select: "COUNT",
            ...(startKey && { ExclusiveStartKey: startKey }),
          });
          count += page.Count ?? 0;
          startKey = page.LastEvaluatedKey;
          if (count > limit) return { count, complete: false };
        } while (startKey);
      }
      return { count, complete: true };
    },
  };
}

function shardOf(profileId: ProfileId): number {
  return createHash("sha256").update(profileId).digest().readUInt16BE(0) % TAG_SHARDS;
}

function startKeyOf(key: MembershipKey, shard: number, after: string): Record<string, AttributeValue> {
  return { pk: { S: `${key}#${shard}` }, sk: { S: after } };
}

function nextCursor(shard: number, last: Record<string, AttributeValue> | undefined): { cursor?: string } {
  if (last?.sk?.S !== undefined) return { cursor: `${shard} ${last.sk.S}` };
  return shard + 1 < TAG_SHARDS ? { cursor: `${shard + 1}` } : {};
}

function parseCursor(cursor = "0"): { shard: number; after?: string } {
  const [shard = "0", after] = cursor.split(" ", 2);
  return { shard: Number(shard), ...(after !== undefined && { after }) };
}
