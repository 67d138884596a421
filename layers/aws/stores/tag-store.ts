import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import { TAG_SHARDS, tagShardOf } from "#domain/memberships/tag-bucket.ts";
import type { TagRow, TagStore } from "#domain/ports/tag-store.ts";
import type { MembershipKey, ProfileId } from "#domain/profile/state.ts";
import { callConditional, callStore } from "./dynamo-errors.ts";

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

  async function write({ key, profileId, version, since, left }: TagRow, condition: string, before?: number) {
    const expires = Math.floor(now() / 1000) + TOMBSTONE_DAYS * 24 * 3600;
    const outcome = await callConditional(table, () =>
      dynamo.send(
        new PutItemCommand({
          TableName: table,
          Item: {
            ...placeOf(key, profileId),
            v: { N: String(version) },
            s: { N: String(since) },
            ...(left && { x: { BOOL: true }, ttl: { N: String(expires) } }),
          },
          ConditionExpression: condition,
          ...(before !== undefined && { ExpressionAttributeValues: { ":before": { N: String(before) } } }),
        }),
      ),
    );
    return outcome === "done" ? "written" : "stale";
  }

  return {
    put: (row) => write(row, "attribute_not_exists(pk) OR v < :before", row.version),

    mend: (row, seen) => write(row, seen === undefined ? "attribute_not_exists(pk)" : "v = :before", seen),

    async find(key, profileId) {
      const { Item } = await callStore(table, () =>
        dynamo.send(new GetItemCommand({ TableName: table, Key: placeOf(key, profileId), ConsistentRead: true })),
      );
      return Item && rowOf(Item);
    },

    async scan({ segment, segments, cursor }) {
      const page = await callStore(table, () =>
        dynamo.send(
          new ScanCommand({
            TableName: table,
            Segment: segment,
            TotalSegments: segments,
            ...(cursor !== undefined && { ExclusiveStartKey: JSON.parse(cursor) as Record<string, AttributeValue> }),
          }),
        ),
      );
      const next = page.LastEvaluatedKey;
      return { rows: (page.Items ?? []).map(rowOf), ...(next && { cursor: JSON.stringify(next) }) };
    },

    async partition(key, shard, { cursor, limit }) {
      const page = await callStore(table, () =>
        dynamo.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: "pk = :membership",
            ExpressionAttributeValues: { ":membership": { S: `${key}#${shard}` } },
            ConsistentRead: true,
            Limit: limit,
            ...(cursor !== undefined && { ExclusiveStartKey: startKeyOf(key, shard, cursor) }),
          }),
        ),
      );
      const next = page.LastEvaluatedKey?.sk?.S;
      return { rows: (page.Items ?? []).map(rowOf), ...(next !== undefined && { cursor: next }) };
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

function placeOf(key: MembershipKey, profileId: ProfileId): Record<string, AttributeValue> {
  return startKeyOf(key, tagShardOf(profileId), profileId);
}

function rowOf(item: Record<string, AttributeValue>): TagRow {
  const pk = item.pk?.S ?? "";
  return {
    // A membership's key may hold a # itself: the shard is behind the last.
    key: pk.slice(0, pk.lastIndexOf("#")) as MembershipKey,
    profileId: item.sk?.S as ProfileId,
    version: Number(item.v?.N),
    since: Number(item.s?.N),
    left: item.x?.BOOL === true,
  };
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
