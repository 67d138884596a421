import { type AttributeValue, BatchGetItemCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { StoreUnavailableError } from "#domain/ports/store-error.ts";
import { sleep as realSleep, type Sleep } from "../sleep.ts";
import { callStore } from "./dynamo-errors.ts";

type Item = Record<string, AttributeValue>;

/** BatchGetItem takes 100 keys at most. */
const KEYS_A_CALL = 100;
const ATTEMPTS = 8;
const FIRST_DELAY_MS = 25;

/** Reads items by partition key, strongly consistent, asking again for `UnprocessedKeys` with growing pauses. Throws
 *  StoreUnavailableError where some are still unread after that. Items that do not exist are left out. */
export async function batchGet(
  dynamo: DynamoDBClient,
  table: string,
  keys: readonly string[],
  sleep: Sleep = realSleep,
): Promise<Item[]> {
  const distinct = [...new Set(keys)];
  return batchGetItems(
    dynamo,
    table,
    distinct.map((pk) => ({ pk: { S: pk } })),
    sleep,
  );
}

/** The same by whole keys, of which none may be there twice. */
export async function batchGetItems(
  dynamo: DynamoDBClient,
  table: string,
  keys: readonly Item[],
  sleep: Sleep = realSleep,
): Promise<Item[]> {
  const chunks = Array.from({ length: Math.ceil(keys.length / KEYS_A_CALL) }, (_, n) =>
    keys.slice(n * KEYS_A_CALL, (n + 1) * KEYS_A_CALL),
  );
  const pages = await Promise.all(chunks.map((chunk) => getChunk(dynamo, table, chunk, sleep)));
  return pages.flat();
}

async function getChunk(dynamo: DynamoDBClient, table: string, keys: readonly Item[], sleep: Sleep): Promise<Item[]> {
  const items: Item[] = [];
  let wanted: Item[] = [...keys];
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await sleep(FIRST_DELAY_MS * 2 ** attempt);
    const request = { Keys: wanted, ConsistentRead: true };
    const answer = await callStore(table, () =>
      dynamo.send(new BatchGetItemCommand({ RequestItems: { [table]: request } })),
    );
    items.push(...(answer.Responses?.[table] ?? []));
    wanted = (answer.UnprocessedKeys?.[table]?.Keys as Item[] | undefined) ?? [];
    if (wanted.length === 0) return items;
  }
  throw new StoreUnavailableError("store_throttled", table);
}
