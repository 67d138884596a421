import { type AttributeValue, type DynamoDBClient, GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { Suppression, SuppressionEntry, SuppressionStore } from "#domain/ports/suppression-store.ts";
import { callConditional, callStore } from "./dynamo-errors.ts";

/** The Suppressions table: one item an address, with a pair of attributes for each scope: `<scope>R` the reason, `<scope>A`
 *  when it was said. */
export function makeSuppressionStore({ dynamo, table }: { dynamo: DynamoDBClient; table: string }): SuppressionStore {
  async function find(channel: string, addressHash: string): Promise<Suppression> {
    const { Item } = await callStore(table, () =>
      dynamo.send(new GetItemCommand({ TableName: table, Key: keyOf(channel, addressHash), ConsistentRead: true })),
    );
    const [all, marketing] = [entryOf(Item, "all"), entryOf(Item, "marketing")];
    return { ...(all && { all }), ...(marketing && { marketing }) };
  }

  return {
    find,

    async isSuppressed(channel, addressHash, category) {
      const { all, marketing } = await find(channel, addressHash);
      return all !== undefined || (category === "marketing" && marketing !== undefined);
    },

    async put(channel, addressHash, scope, { reason, at }) {
      await callConditional(table, () =>
        dynamo.send(
          new UpdateItemCommand({
            TableName: table,
            Key: keyOf(channel, addressHash),
            UpdateExpression: "SET #reason = :reason, #at = :at",
            // A receipt that comes late says nothing new.
            ConditionExpression: "attribute_not_exists(#at) OR #at <= :at",
            ExpressionAttributeNames: { "#reason": `${scope}R`, "#at": `${scope}A` },
            ExpressionAttributeValues: { ":reason": { S: reason }, ":at": { N: String(at) } },
          }),
        ),
      );
    },

    async lift(channel, addressHash, scope, before) {
      await callConditional(table, () =>
        dynamo.send(
          new UpdateItemCommand({
            TableName: table,
            Key: keyOf(channel, addressHash),
            UpdateExpression: "REMOVE #reason, #at",
            ConditionExpression: "#at <= :before",
            ExpressionAttributeNames: { "#reason": `${scope}R`, "#at": `${scope}A` },
            ExpressionAttributeValues: { ":before": { N: String(before) } },
          }),
        ),
      );
    },
  };
}

function keyOf(channel: string, addressHash: string): Record<string, AttributeValue> {
  return { pk: { S: `${channel}#${addressHash}` } };
}

function entryOf(item: Record<string, AttributeValue> | undefined, scope: string): SuppressionEntry | undefined {
  const [reason, at] = [item?.[`${scope}R`]?.S, item?.[`${scope}A`]?.N];
  return reason === undefined || at === undefined ? undefined : { reason, at: Number(at) };
}
