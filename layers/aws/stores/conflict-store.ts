import { type DynamoDBClient, QueryCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { LinkRefusal } from "#domain/identity/link-limits.ts";
import type { ConflictStore } from "#domain/ports/conflict-store.ts";
import type { IdentifierKey, ProfileId } from "#domain/profile/state.ts";
import { callStore } from "./dynamo-errors.ts";

const CONFLICTS = "identity-conflict";
/** Conflicts that no event has met for this long are forgotten. */
const KEEP_DAYS = 90;

/** Refused links in the Metrics table: one item for each identifier and reason, however often they are met. */
export function makeConflictStore({ dynamo, table }: { dynamo: DynamoDBClient; table: string }): ConflictStore {
  return {
    async add({ key, reason, owner, count, at }) {
      await callStore(table, () =>
        dynamo.send(
          new UpdateItemCommand({
            TableName: table,
            Key: { pk: { S: CONFLICTS }, sk: { S: `${reason} ${key}` } },
            UpdateExpression: "SET o = :owner, a = :at, #ttl = :ttl ADD n :count",
            ExpressionAttributeNames: { "#ttl": "ttl" },
            ExpressionAttributeValues: {
              ":owner": { S: owner },
              ":at": { N: String(at) },
              ":ttl": { N: String(Math.floor(at / 1000) + KEEP_DAYS * 24 * 3600) },
              ":count": { N: String(count) },
            },
          }),
        ),
      );
    },

    async list({ cursor, limit }) {
      const page = await callStore(table, () =>
        dynamo.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: "pk = :conflicts",
            ExpressionAttributeValues: { ":conflicts": { S: CONFLICTS } },
            Limit: limit,
            ...(cursor !== undefined && { ExclusiveStartKey: { pk: { S: CONFLICTS }, sk: { S: cursor } } }),
          }),
        ),
      );
      const conflicts = (page.Items ?? []).map((item) => {
        const [reason = "", ...key] = (item.sk?.S ?? "").split(" ");
        return {
          reason: reason as LinkRefusal,
          key: key.join(" ") as IdentifierKey,
          owner: item.o?.S as ProfileId,
          count: Number(item.n?.N),
          at: Number(item.a?.N),
        };
      });
      const next = page.LastEvaluatedKey?.sk?.S;
      return { conflicts, ...(next !== undefined && { cursor: next }) };
    },
  };
}
