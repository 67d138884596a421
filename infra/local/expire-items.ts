import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  paginateScan,
} from "@aws-sdk/client-dynamodb";
import type { TablePlan } from "./template/deployment.ts";

/**
 * Deletes the items whose time to live is over on the steered clock, as DynamoDB does within days of it.
 *
 * @param now epoch milliseconds; the attribute counts seconds
 */
export async function expireItems(client: DynamoDBClient, tables: readonly TablePlan[], now: number): Promise<void> {
  const nowSeconds = String(Math.floor(now / 1000));
  for (const { name: TableName, keys, timeToLiveAttribute } of tables) {
    if (timeToLiveAttribute === undefined) continue;
    const names = Object.fromEntries(keys.map((key, index) => [`#k${index}`, key.name]));
    const pages = paginateScan(
      { client },
      {
        TableName,
        FilterExpression: "#ttl < :now",
        ProjectionExpression: [...Object.keys(names), "#ttl"].join(", "),
        ExpressionAttributeNames: { ...names, "#ttl": timeToLiveAttribute },
        ExpressionAttributeValues: { ":now": { N: nowSeconds } },
      },
    );
    for await (const { Items = [] } of pages) {
      for (const item of Items) await expire(client, TableName, item, timeToLiveAttribute);
    }
  }
}

/** Unless somebody prolonged it meanwhile. */
async function expire(
  client: DynamoDBClient,
  TableName: string,
  item: Record<string, AttributeValue>,
  attribute: string,
): Promise<void> {
  const { [attribute]: ttl, ...Key } = item;
  if (ttl === undefined) return;
  try {
    await client.send(
      new DeleteItemCommand({
        TableName,
        Key,
        ConditionExpression: "#ttl = :ttl",
        ExpressionAttributeNames: { "#ttl": attribute },
        ExpressionAttributeValues: { ":ttl": ttl },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
