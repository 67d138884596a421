import { type AttributeValue, BatchWriteItemCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { StoreUnavailableError } from "#domain/ports/store-error.ts";
import type { Sleep } from "../sleep.ts";
import { callStore } from "./dynamo-errors.ts";

/** BatchWriteItem takes 25 items at most. */
export const ITEMS_A_CALL = 25;
const ATTEMPTS = 8;
const FIRST_DELAY_MS = 25;

/** Puts up to 25 items of different keys in one call, asking again for `UnprocessedItems` with growing pauses. Throws
 *  StoreUnavailableError where some are still unwritten after that. */
export async function batchPut(
  dynamo: DynamoDBClient,
  table: string,
  items: readonly Record<string, AttributeValue>[],
  sleep: Sleep,
): Promise<void> {
  let left = items.map((Item) => ({ PutRequest: { Item } }));
  for (let attempt = 0; left.length > 0; attempt++) {
    if (attempt === ATTEMPTS) throw new StoreUnavailableError("store_throttled", table);
    if (attempt > 0) await sleep(FIRST_DELAY_MS * 2 ** attempt);
    const requests = left;
    const { UnprocessedItems } = await callStore(table, () =>
      dynamo.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } })),
    );
    left = (UnprocessedItems?.[table] ?? []) as typeof left;
  }
}
