import { setTimeout as sleep } from "node:timers/promises";
import {
  BatchWriteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  type WriteRequest,
} from "@aws-sdk/client-dynamodb";
import type { MetricStore } from "#domain/ports/metric-store.ts";
import { callStore } from "./dynamo-errors.ts";

const COUNTS = "membership-count#exact";
/** DynamoDB's limit for one BatchWriteItem. */
const MAX_BATCH = 25;
const MAX_ATTEMPTS = 8;

export class MetricStoreError extends Error {
  override readonly name = "MetricStoreError";
  readonly code = "metrics_not_written";
  readonly retriable = true;
}

/** Keeps the figures of exact counts. Throws MetricStoreError where the table goes on refusing some of them. */
export function makeMetricStore({ dynamo, table }: { dynamo: DynamoDBClient; table: string }): MetricStore {
  async function write(requests: readonly WriteRequest[]): Promise<void> {
    let left = [...requests];
    for (let attempt = 0; left.length > 0; attempt++) {
      if (attempt === MAX_ATTEMPTS) throw new MetricStoreError(`${left.length} figures could not be written`);
      if (attempt > 0) await sleep(Math.min(1_000, 25 * 2 ** attempt));
      const { UnprocessedItems } = await callStore(table, () =>
        dynamo.send(new BatchWriteItemCommand({ RequestItems: { [table]: left } })),
      );
      left = UnprocessedItems?.[table] ?? [];
    }
  }

  return {
    async recordMembershipCounts(counts, at) {
      const requests = [...counts].map(([key, count]) => ({
        PutRequest: { Item: { pk: { S: COUNTS }, sk: { S: key }, count: { N: String(count) }, at: { N: String(at) } } },
      }));
      for (let start = 0; start < requests.length; start += MAX_BATCH) {
        await write(requests.slice(start, start + MAX_BATCH));
      }
    },

    async lastMembershipCount(key) {
      const { Item } = await callStore(table, () =>
        dynamo.send(new GetItemCommand({ TableName: table, Key: { pk: { S: COUNTS }, sk: { S: key } } })),
      );
      return Item && { count: Number(Item.count?.N), at: Number(Item.at?.N) };
    },
  };
}
