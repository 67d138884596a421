import { type DynamoDBClient, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { InappMessage, InappStore } from "#domain/ports/inapp-store.ts";
import { callConditional } from "./dynamo-errors.ts";
import { queryAll } from "./query-all.ts";

/** A message that nobody fetched for so long is over. */
const KEPT_MS = 30 * 86_400_000;
/** Before the rows of journeys in the order of keys. */
const PREFIX = "inapp#";

/** Inboxes in the Runs table, beside a person's journeys: a row for each message, marked when it is dismissed so that the
 *  same touch does not come again. */
export function makeInappStore(on: { dynamo: DynamoDBClient; table: string; now: () => number }): InappStore {
  const { dynamo, table, now } = on;
  const keyOf = (profileId: string, touchId: string) => ({ pk: { S: profileId }, sk: { S: `${PREFIX}${touchId}` } });

  return {
    async put(profileId, message) {
      await callConditional(table, () =>
        dynamo.send(
          new PutItemCommand({
            TableName: table,
            Item: {
              ...keyOf(profileId, message.touchId),
              b: { S: JSON.stringify(message) },
              ttl: { N: String(Math.ceil((message.at + KEPT_MS) / 1000)) },
            },
            ConditionExpression: "attribute_not_exists(pk)",
          }),
        ),
      );
    },

    async list(profileId, limit) {
      const items = await queryAll(dynamo, table, {
        KeyConditionExpression: "pk = :person AND begins_with(sk, :prefix)",
        ExpressionAttributeValues: { ":person": { S: profileId }, ":prefix": { S: PREFIX } },
        ConsistentRead: true,
      });
      return items
        .flatMap(({ b, d }) => (d ? [] : [JSON.parse(b?.S ?? "null") as InappMessage]))
        .filter(({ at }) => at + KEPT_MS > now())
        .toSorted((a, b) => b.at - a.at || (a.touchId < b.touchId ? -1 : 1))
        .slice(0, limit);
    },

    async dismiss(profileId, touchId) {
      await callConditional(table, () =>
        dynamo.send(
          new UpdateItemCommand({
            TableName: table,
            Key: keyOf(profileId, touchId),
            UpdateExpression: "SET d = :now",
            ConditionExpression: "attribute_exists(pk)",
            ExpressionAttributeValues: { ":now": { N: String(now()) } },
          }),
        ),
      );
    },
  };
}
