import { createHash } from "node:crypto";
import { type AttributeValue, type DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import type { Run } from "#domain/journeys/run.ts";
import { KEPT_FROM_ENTRY_MS } from "#domain/journeys/stored-run.ts";
import { ENTRY_SHARDS, type EnteredSlice } from "#domain/ports/run-store.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import { callStore } from "./dynamo-errors.ts";

type Item = Record<string, AttributeValue>;

/** Rows a page: each leads to a run, and those are read a hundred at a time. */
const ROWS_A_PAGE = 1000;
const INSTANT_DIGITS = 13;

/** The row by which a journey finds a run that somebody began, beside the runs of people: `entered#<journey>#<shard>`,
 *  `<instant of entry>#<person>#<run>`. It says no more than where the run would be: the run itself says whether it is
 *  there and what became of it, so the row is written once, before the run, and never again. */
export function enteredItem({ journey, profileId, id, enteredAt }: Run): Item {
  const shard = createHash("sha256").update(`entered ${profileId}`).digest().readUInt16BE() % ENTRY_SHARDS;
  return {
    pk: { S: partitionOf(journey, shard) },
    sk: { S: `${instantKey(enteredAt)}#${profileId}#${id}` },
    ttl: { N: String(Math.ceil((enteredAt + KEPT_FROM_ENTRY_MS) / 1000)) },
  };
}

/** Where a run would be, and when it was entered if it is the one that is meant. */
interface EnteredRow {
  readonly enteredAt: number;
  readonly journey: string;
  readonly profileId: ProfileId;
  readonly runId: string;
}

/** One page of a slice's rows, the earliest entries first. */
export async function queryEntered(
  { dynamo, table }: { dynamo: DynamoDBClient; table: string },
  { journey, shard, from, before, cursor }: EnteredSlice,
): Promise<{ rows: EnteredRow[]; cursor?: string }> {
  const pk = { S: partitionOf(journey, shard) };
  const page = await callStore(table, () =>
    dynamo.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: "pk = :pk AND sk BETWEEN :from AND :to",
        // No key has nothing behind its instant: that of `before` alone lies under all of that instant.
        ExpressionAttributeValues: { ":pk": pk, ":from": { S: instantKey(from) }, ":to": { S: instantKey(before) } },
        Limit: ROWS_A_PAGE,
        ...(cursor !== undefined && { ExclusiveStartKey: { pk, sk: { S: cursor } } }),
      }),
    ),
  );
  const next = page.LastEvaluatedKey?.sk?.S;
  return { rows: (page.Items ?? []).map((item) => rowOf(item, journey)), ...(next !== undefined && { cursor: next }) };
}

function rowOf({ sk }: Item, journey: string): EnteredRow {
  const key = sk?.S ?? "";
  const end = key.lastIndexOf("#");
  return {
    journey,
    enteredAt: Number(key.slice(0, INSTANT_DIGITS)),
    profileId: key.slice(INSTANT_DIGITS + 1, end) as ProfileId,
    runId: key.slice(end + 1),
  };
}

function partitionOf(journey: string, shard: number): string {
  return `entered#${journey}#${String(shard).padStart(3, "0")}`;
}

function instantKey(at: number): string {
  return String(Math.max(0, at)).padStart(INSTANT_DIGITS, "0");
}
