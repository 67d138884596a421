import {
  type AttributeValue,
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandInput,
} from "@aws-sdk/client-dynamodb";
import { callStore } from "./dynamo-errors.ts";

type Item = Record<string, AttributeValue>;

/** Every item of a query, page after page: for what is known to be few. Throws StoreUnavailableError. */
export async function queryAll(
  dynamo: DynamoDBClient,
  table: string,
  query: Omit<QueryCommandInput, "TableName" | "ExclusiveStartKey">,
): Promise<Item[]> {
  const items: Item[] = [];
  let startKey: Item | undefined;
  do {
    const page = await callStore(table, () =>
      dynamo.send(new QueryCommand({ ...query, TableName: table, ...(startKey && { ExclusiveStartKey: startKey }) })),
    );
    items.push(...(page.Items ?? []));
    startKey = page.LastEvaluatedKey;
  } while (startKey);
  return items;
}
