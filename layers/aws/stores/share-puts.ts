import type { AttributeValue, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { isRetriable } from "#domain/ports/store-error.ts";
import { gatherCalls, type Turn } from "../gather-calls.ts";
import type { Sleep } from "../sleep.ts";
import { batchPut, ITEMS_A_CALL } from "./batch-put.ts";

type Item = Record<string, AttributeValue>;

interface Waiting {
  readonly item: Item;
  readonly settle: PromiseWithResolvers<void>;
}

/** Puts items, whatever is there, for many who do so at the same time: as many leave in one BatchWriteItem as it takes.
 *  Who puts the same item at the same time puts it once. */
export function sharePuts(on: {
  readonly dynamo: DynamoDBClient;
  readonly table: string;
  readonly sleep: Sleep;
  readonly turn?: Turn | undefined;
}): (item: Item) => Promise<void> {
  const { dynamo, table, sleep, turn } = on;
  const join = gatherCalls<Waiting>({
    keyOf: () => table,
    sizeOf: () => [1],
    limits: [ITEMS_A_CALL],
    call: putTogether,
    turn,
  });

  async function putTogether(waiting: readonly Waiting[]): Promise<void> {
    // A call takes a key once.
    const distinct = new Map(waiting.map(({ item }) => [`${item.pk?.S} ${item.sk?.S}`, item]));
    try {
      await batchPut(dynamo, table, [...distinct.values()], sleep);
      for (const { settle } of waiting) settle.resolve();
    } catch (error) {
      // One item that the table does not take is the fault of all of them.
      if (waiting.length > 1 && !isRetriable(error)) await Promise.all(waiting.map((one) => putTogether([one])));
      else for (const { settle } of waiting) settle.reject(error);
    }
  }

  return (item) => {
    const settle = Promise.withResolvers<void>();
    join({ item, settle });
    return settle.promise;
  };
}
