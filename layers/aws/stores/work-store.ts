import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import type { WorkItem, WorkStore } from "#domain/ports/work-store.ts";
import { callConditional, callStore } from "./dynamo-errors.ts";

/** The Work table: documents of jobs, each written only on the revision that was read. */
export function makeWorkStore({ dynamo, table }: { dynamo: DynamoDBClient; table: string }): WorkStore {
  return {
    async find(job, slice) {
      const Key = { pk: { S: job }, sk: { S: slice } };
      const { Item } = await callStore(table, () =>
        dynamo.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true })),
      );
      return Item && workItemOf(Item);
    },

    async save({ job, slice, revision, body, expiresAt }) {
      const outcome = await callConditional(table, () =>
        dynamo.send(
          new PutItemCommand({
            TableName: table,
            Item: {
              pk: { S: job },
              sk: { S: slice },
              r: { N: String(revision) },
              b: { S: JSON.stringify(body) },
              ...(expiresAt !== undefined && { ttl: { N: String(Math.ceil(expiresAt / 1000)) } }),
            },
            ...(revision === 1
              ? { ConditionExpression: "attribute_not_exists(pk)" }
              : {
                  ConditionExpression: "r = :before",
                  ExpressionAttributeValues: { ":before": { N: String(revision - 1) } },
                }),
          }),
        ),
      );
      return outcome === "done" ? "saved" : "conflict";
    },

    async list(job, { cursor, limit }) {
      const page = await callStore(table, () =>
        dynamo.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: "pk = :job",
            ExpressionAttributeValues: { ":job": { S: job } },
            ConsistentRead: true,
            Limit: limit,
            ...(cursor !== undefined && { ExclusiveStartKey: { pk: { S: job }, sk: { S: cursor } } }),
          }),
        ),
      );
      const last = page.LastEvaluatedKey?.sk?.S;
      return { items: (page.Items ?? []).map(workItemOf), ...(last !== undefined && { cursor: last }) };
    },
  };
}

function workItemOf({ pk, sk, r, b, ttl }: Record<string, AttributeValue>): WorkItem {
  return {
    job: pk?.S ?? "",
    slice: sk?.S ?? "",
    revision: Number(r?.N),
    body: JSON.parse(b?.S ?? "null") as unknown,
    ...(ttl?.N !== undefined && { expiresAt: Number(ttl.N) * 1000 }),
  };
}
