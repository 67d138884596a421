import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  type WriteRequest,
} from "@aws-sdk/client-dynamodb";
import { EVERYONE } from "#domain/measure/catalogue.ts";
import type { Figure } from "#domain/measure/figure.ts";
import type { MetricStore, RecordedFigure, SeriesKey } from "#domain/ports/metric-store.ts";
import { sleep as realSleep, type Sleep } from "../sleep.ts";
import { callStore } from "./dynamo-errors.ts";
import { queryAll } from "./query-all.ts";

const COUNTS = "membership-count#exact";
/** Beside approximate counters, which are spread over shards, each exact figure is one row. */
const EXACT_SHARD = "#exact";
/** DynamoDB's limit for one BatchWriteItem. */
const MAX_BATCH = 25;
const MAX_ATTEMPTS = 8;
/** Batches that are written, and days that are read, side by side. */
const LANES = 8;

type Item = Record<string, AttributeValue>;

export class MetricStoreError extends Error {
  override readonly name = "MetricStoreError";
  readonly code = "metrics_not_written";
  readonly retriable = true;
}

/** Keeps the figures of exact counts: a row each, under its metric and day. Throws MetricStoreError where the table goes on refusing some of them. */
export function makeMetricStore(on: { dynamo: DynamoDBClient; table: string; sleep?: Sleep }): MetricStore {
  const { dynamo, table, sleep = realSleep } = on;

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

  async function putAll(items: readonly Item[]): Promise<void> {
    const requests = items.map((Item) => ({ PutRequest: { Item } }));
    const batches = Array.from({ length: Math.ceil(requests.length / MAX_BATCH) }, (_, n) =>
      requests.slice(n * MAX_BATCH, (n + 1) * MAX_BATCH),
    );
    await inLanes(batches, write);
  }

  async function readDay(key: SeriesKey, day: number): Promise<RecordedFigure[]> {
    const items = await queryAll(dynamo, table, {
      KeyConditionExpression: "pk = :day",
      ExpressionAttributeValues: { ":day": { S: partitionOf(key, day) } },
    });
    return items.map((item) => readFigure(item, day)).toSorted((a, b) => (a.dimension < b.dimension ? -1 : 1));
  }

  return {
    recordMembershipCounts: (counts, at) =>
      putAll(
        [...counts].map(([key, count]) => ({
          pk: { S: COUNTS },
          sk: { S: key },
          count: { N: String(count) },
          at: { N: String(at) },
        })),
      ),

    async lastMembershipCount(key) {
      const { Item } = await callStore(table, () =>
        dynamo.send(new GetItemCommand({ TableName: table, Key: { pk: { S: COUNTS }, sk: { S: key } } })),
      );
      return Item && { count: Number(Item.count?.N), at: Number(Item.at?.N) };
    },

    record: (figures, at) => putAll(figures.map((figure) => writeFigure(figure, at))),

    async series(key, { from, to }) {
      const days = Array.from({ length: Math.max(0, to - from + 1) }, (_, n) => from + n);
      const byDay = new Map<number, RecordedFigure[]>();
      await inLanes(days, async (day) => void byDay.set(day, await readDay(key, day)));
      return days.flatMap((day) => byDay.get(day) ?? []);
    },
  };
}

/** `people#20776`, `retention.cohort#20776`. */
function partitionOf({ metric, by }: SeriesKey, day: number): string {
  return `${by === EVERYONE ? metric : `${metric}.${by}`}#${day}`;
}

function writeFigure({ metric, by, day, dimension, value, base, exact }: Figure, at: number): Item {
  return {
    pk: { S: partitionOf({ metric, by }, day) },
    sk: { S: dimension + EXACT_SHARD },
    n: { N: String(value) },
    ...(base !== undefined && { b: { N: String(base) } }),
    x: { BOOL: exact },
    at: { N: String(at) },
  };
}

function readFigure({ sk, n, b, x, at }: Item, day: number): RecordedFigure {
  return {
    day,
    dimension: (sk?.S ?? "").slice(0, -EXACT_SHARD.length),
    value: Number(n?.N),
    ...(b && { base: Number(b.N) }),
    exact: x?.BOOL === true,
    at: Number(at?.N),
  };
}

/** A few at a time, each lane taking the next thing that no other has taken. */
async function inLanes<T>(things: readonly T[], work: (thing: T) => Promise<void>): Promise<void> {
  const rest = things.values();
  await Promise.all(
    Array.from({ length: LANES }, async () => {
      for (const thing of rest) await work(thing);
    }),
  );
}
