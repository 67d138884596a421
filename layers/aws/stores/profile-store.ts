import { type DynamoDBClient, PutItemCommand, ScanCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { ProfileStore } from "#domain/ports/profile-store.ts";
import type { Sleep } from "../sleep.ts";
import { batchGet } from "./batch-get.ts";
import { callConditional, callStore } from "./dynamo-errors.ts";
import { fromProfileItem, toProfileItem } from "./profile-item.ts";

/** Profiles in DynamoDB: one item a person, written whole and only on the version that was read. */
export function makeProfileStore(on: { dynamo: DynamoDBClient; table: string; sleep?: Sleep }): ProfileStore {
  const { dynamo, table, sleep } = on;
  return {
    async load(ids) {
      const items = await batchGet(dynamo, table, ids, sleep);
      return new Map(items.map(fromProfileItem).map((profile) => [profile.id, profile]));
    },

    async save(profile) {
      const isNew = profile.version === 1;
      const outcome = await callConditional(table, () =>
        dynamo.send(
          new PutItemCommand({
            TableName: table,
            Item: toProfileItem(profile),
            ConditionExpression: isNew ? "attribute_not_exists(pk)" : "v = :before",
            ...(!isNew && { ExpressionAttributeValues: { ":before": { N: String(profile.version - 1) } } }),
          }),
        ),
      );
      return outcome === "done" ? "saved" : "conflict";
    },

    async clearOutbox(id, version) {
      const outcome = await callConditional(table, () =>
        dynamo.send(
          new UpdateItemCommand({
            TableName: table,
            Key: { pk: { S: id } },
            UpdateExpression: "REMOVE o",
            ConditionExpression: "v = :version",
            ExpressionAttributeValues: { ":version": { N: String(version) } },
          }),
        ),
      );
      return outcome === "done" ? "cleared" : "conflict";
    },

    async scan({ segment, segments, former = false, cursor }) {
      const page = await callStore(table, () =>
        dynamo.send(
          new ScanCommand({
            TableName: table,
            Segment: segment,
            TotalSegments: segments,
            ...(!former && { FilterExpression: "attribute_not_exists(m) AND attribute_not_exists(u)" }),
            ...(cursor !== undefined && { ExclusiveStartKey: { pk: { S: cursor } } }),
          }),
        ),
      );
      const next = page.LastEvaluatedKey?.pk?.S;
      return { profiles: (page.Items ?? []).map(fromProfileItem), ...(next !== undefined && { cursor: next }) };
    },
  };
}
