import { type DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { TouchStore } from "#domain/ports/touch-store.ts";
import type { Touch } from "#domain/touches/touch.ts";
import { batchGet } from "./batch-get.ts";
import { callConditional, callStore } from "./dynamo-errors.ts";

/** As long as the behaviour log: receipts come within days, people ask within a year. */
const KEPT_MS = 400 * 86_400_000;

/** The Touches table: a row for each touch, written only on the revision that was read, and beside it a row for each id
 *  that a provider gave. */
export function makeTouchStore({ dynamo, table }: { dynamo: DynamoDBClient; table: string }): TouchStore {
  const read = async (pk: string) =>
    (
      await callStore(table, () =>
        dynamo.send(new GetItemCommand({ TableName: table, Key: { pk: { S: pk } }, ConsistentRead: true })),
      )
    ).Item;
  const ttlOf = (from: number) => ({ N: String(Math.ceil((from + KEPT_MS) / 1000)) });

  return {
    async find(touchId) {
      const item = await read(touchId);
      return item && { touch: JSON.parse(item.b?.S ?? "null") as Touch, revision: Number(item.r?.N) };
    },

    async save({ touch, revision }) {
      const outcome = await callConditional(table, () =>
        dynamo.send(
          new PutItemCommand({
            TableName: table,
            Item: {
              pk: { S: touch.id },
              r: { N: String(revision) },
              b: { S: JSON.stringify(touch) },
              ttl: ttlOf(touch.requestedAt),
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

    async linkProvider({ provider, providerId, touchId, at }) {
      const Item = { pk: { S: linkOf(provider, providerId) }, t: { S: touchId }, ttl: ttlOf(at) };
      await callStore(table, () => dynamo.send(new PutItemCommand({ TableName: table, Item })));
    },

    async findByProvider(provider, providerId) {
      return (await read(linkOf(provider, providerId)))?.t?.S;
    },

    async findAll(touchIds) {
      return (await batchGet(dynamo, table, touchIds)).map(({ b }) => JSON.parse(b?.S ?? "null") as Touch);
    },
  };
}

function linkOf(provider: string, providerId: string): string {
  return `provider#${provider}#${providerId}`;
}
