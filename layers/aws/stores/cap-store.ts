import { type AttributeValue, type DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { CapKey, CapStore } from "#domain/ports/cap-store.ts";
import { callConditional, callStore } from "./dynamo-errors.ts";

/** The Caps table: one item for each channel, category and address, written only on the revision that was read. Uses are
 *  `<milliseconds> <touch id>`, oldest first. */
export function makeCapStore({ dynamo, table }: { dynamo: DynamoDBClient; table: string }): CapStore {
  return {
    async find(key) {
      const { Item } = await callStore(table, () =>
        dynamo.send(new GetItemCommand({ TableName: table, Key: itemKey(key), ConsistentRead: true })),
      );
      const uses = (Item?.u?.L ?? []).map(({ S = "" }) => {
        const [at = "", touchId = ""] = S.split(" ");
        return { at: Number(at), touchId };
      });
      return { revision: Number(Item?.r?.N ?? 0), uses };
    },

    async save(key, { revision, uses }, expiresAt) {
      const outcome = await callConditional(table, () =>
        dynamo.send(
          new PutItemCommand({
            TableName: table,
            Item: {
              ...itemKey(key),
              r: { N: String(revision) },
              u: { L: uses.map(({ at, touchId }) => ({ S: `${at} ${touchId}` })) },
              ttl: { N: String(Math.ceil(expiresAt / 1000)) },
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
  };
}

function itemKey({ channel, category, address }: CapKey): Record<string, AttributeValue> {
  return { pk: { S: `${channel}#${category}#${address}` } };
}
