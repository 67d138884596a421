import { type AttributeValue, type DynamoDBClient, PutItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { placeOf } from "#domain/consents/ledger.ts";
import type { ConsentEntry, ConsentStore } from "#domain/ports/consent-store.ts";
import { callConditional, callStore } from "./dynamo-errors.ts";

/** The Consents table: an item for each statement, keyed by the person and the statement's place in time. Nothing here
 *  overwrites, removes or expires. */
export function makeConsentStore({ dynamo, table }: { dynamo: DynamoDBClient; table: string }): ConsentStore {
  return {
    async append(profileId, entries) {
      await Promise.all(
        entries.map((entry) =>
          callConditional(table, () =>
            dynamo.send(
              new PutItemCommand({
                TableName: table,
                Item: { pk: { S: profileId }, sk: { S: placeOf(entry) }, b: { S: JSON.stringify(entry) } },
                ConditionExpression: "attribute_not_exists(pk)",
              }),
            ),
          ),
        ),
      );
    },

    async list(profileId, { cursor, limit }) {
      const { Items = [], LastEvaluatedKey } = await callStore(table, () =>
        dynamo.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: cursor === undefined ? "pk = :person" : "pk = :person AND sk < :cursor",
            ExpressionAttributeValues: {
              ":person": { S: profileId },
              ...(cursor !== undefined && { ":cursor": { S: cursor } }),
            },
            ScanIndexForward: false,
            ConsistentRead: true,
            Limit: limit,
          }),
        ),
      );
      const next = LastEvaluatedKey?.sk?.S;
      return { entries: Items.map(readEntry), ...(next !== undefined && { cursor: next }) };
    },
  };
}

function readEntry(item: Record<string, AttributeValue>): ConsentEntry {
  return JSON.parse(item.b?.S ?? "null") as ConsentEntry;
}
