import { type DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { RefusalStore, RefusedEntries } from "#domain/ports/refusal-store.ts";
import { callStore } from "./dynamo-errors.ts";
import { queryAll } from "./query-all.ts";

const KEEP_DAYS = 400;
const DAY_SECONDS = 86_400;

/** Refused entries in the Metrics table: one item for each journey, day and reason. */
export function makeRefusalStore({ dynamo, table }: { dynamo: DynamoDBClient; table: string }): RefusalStore {
  async function addOne({ journey, day, reason, count }: RefusedEntries): Promise<void> {
    await callStore(table, () =>
      dynamo.send(
        new UpdateItemCommand({
          TableName: table,
          Key: { pk: { S: partitionOf(journey) }, sk: { S: `${sortable(day)}#${reason}` } },
          UpdateExpression: "SET #ttl = :ttl ADD n :count",
          ExpressionAttributeNames: { "#ttl": "ttl" },
          ExpressionAttributeValues: {
            ":ttl": { N: String((day + KEEP_DAYS) * DAY_SECONDS) },
            ":count": { N: String(count) },
          },
        }),
      ),
    );
  }

  return {
    add: async (refused) => void (await Promise.all(refused.map(addOne))),

    async ofJourney(journey, { from, to }) {
      const counts = new Map<string, number>();
      if (from > to) return counts;
      const items = await queryAll(dynamo, table, {
        KeyConditionExpression: "pk = :journey AND sk BETWEEN :from AND :to",
        ExpressionAttributeValues: {
          ":journey": { S: partitionOf(journey) },
          ":from": { S: sortable(from) },
          // Behind every reason of that day.
          ":to": { S: `${sortable(to)}#~` },
        },
      });
      for (const { sk, n } of items) {
        const reason = sk?.S?.split("#")[1] ?? "";
        counts.set(reason, (counts.get(reason) ?? 0) + Number(n?.N));
      }
      return counts;
    },
  };
}

function partitionOf(journey: string): string {
  return `refused-entry#${journey}`;
}

function sortable(day: number): string {
  return String(day).padStart(6, "0");
}
