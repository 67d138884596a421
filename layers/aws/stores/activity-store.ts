import { createHash } from "node:crypto";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { type AttributeValue, type DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import type { ActivityStore } from "#domain/ports/activity-store.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { sleep as realSleep, type Sleep } from "../sleep.ts";
import { callStore } from "./dynamo-errors.ts";
import { sharePuts } from "./share-puts.ts";

const DAY_SECONDS = 24 * 3600;
/** Compressed bytes of one chunk: an item of DynamoDB ends at 400 KB. */
const MAX_CHUNK_BYTES = 350_000;
const MAX_EXPANDED_BYTES = 64 * 1024 * 1024;
/** Instants are padded so that their order as text is their order in time; the offset keeps dates before 1970 positive. */
const TIME_DIGITS = 16;
const TIME_OFFSET = 1e15;

type Item = Record<string, AttributeValue>;

/** The behaviour log in DynamoDB: chunks of a person's events, keyed by the time of the newest event in each. A chunk
 *  spans from `f` (its oldest event) to its key; TTL counts from `receivedAt`. */
export function makeActivityStore(on: { dynamo: DynamoDBClient; table: string; sleep?: Sleep }): ActivityStore {
  const { dynamo, table, sleep = realSleep } = on;

  // The fold writes the logs of a batch's people in one turn.
  const putItem = sharePuts({ dynamo, table, sleep, turn: () => Promise.resolve() });

  async function putChunk(profileId: string, events: readonly CollectedEvent[], keepDays: number): Promise<void> {
    const data = zstdCompressSync(events.map((event) => JSON.stringify(event)).join("\n"));
    if (data.length > MAX_CHUNK_BYTES && events.length > 1) {
      const half = Math.ceil(events.length / 2);
      await putChunk(profileId, events.slice(0, half), keepDays);
      return putChunk(profileId, events.slice(half), keepDays);
    }
    const newest = events.reduce((at, event) => Math.max(at, event.at), -Infinity);
    const oldest = events.reduce((at, event) => Math.min(at, event.at), Infinity);
    const received = events.reduce((at, event) => Math.max(at, event.receivedAt), -Infinity);
    await putItem({
      pk: { S: profileId },
      sk: { S: `${sortableTime(newest)}#${chunkId(events)}` },
      f: { N: String(oldest) },
      e: { B: data },
      ttl: { N: String(Math.floor(received / 1000) + keepDays * DAY_SECONDS) },
    });
  }

  return {
    async append(profileId, events, keepDays) {
      if (events.length > 0) await putChunk(profileId, events, keepDays);
    },

    async list(profileId, { from = -Infinity, to = Infinity, event, cursor, limit }) {
      // Chunks overlap in time: what is older than a chunk not yet read is held back until that chunk is read.
      const after = cursor === undefined ? undefined : parseCursor(cursor);
      const seen = new Set<string>();
      const pending: CollectedEvent[] = [];
      const ready: CollectedEvent[] = [];
      let startKey: Item | undefined;
      do {
        const page = await callStore(table, () =>
          dynamo.send(
            new QueryCommand({
              TableName: table,
              KeyConditionExpression: "pk = :person AND sk >= :from",
              ExpressionAttributeValues: { ":person": { S: profileId }, ":from": { S: sortableTime(from) } },
              ScanIndexForward: false,
              ConsistentRead: true,
              Limit: 50,
              ...(startKey && { ExclusiveStartKey: startKey }),
            }),
          ),
        );
        for (const item of page.Items ?? []) {
          for (const found of readChunk(item)) {
            if (found.at < from || found.at > to || seen.has(found.messageId)) continue;
            if (event !== undefined && found.event !== event) continue;
            seen.add(found.messageId);
            if (!after || isOlder(found, after)) pending.push(found);
          }
        }
        startKey = page.LastEvaluatedKey;
        const horizon = startKey?.sk?.S ?? "";
        pending.sort((a, b) => (isOlder(a, b) ? 1 : -1));
        while (pending[0] && sortableTime(pending[0].at) > horizon) ready.push(pending.shift() as CollectedEvent);
      } while (startKey && ready.length <= limit);
      const events = ready.slice(0, limit);
      const last = events.at(-1);
      return ready.length > limit && last ? { events, cursor: `${last.at} ${last.messageId}` } : { events };
    },
  };
}

function readChunk(item: Item): CollectedEvent[] {
  const data = item.e?.B;
  if (!data) return [];
  const lines = zstdDecompressSync(data, { maxOutputLength: MAX_EXPANDED_BYTES }).toString("utf8").split("\n");
  return lines.map((line) => JSON.parse(line) as CollectedEvent);
}

/** The same messages always make the same chunk, so a redelivery overwrites it with itself. */
function chunkId(events: readonly CollectedEvent[]): string {
  const ids = events.map((event) => event.messageId).toSorted();
  return createHash("sha256").update(JSON.stringify(ids)).digest("base64url").slice(0, 16);
}

function sortableTime(at: number): string {
  const bounded = Math.min(Math.max(at, -TIME_OFFSET), 8e15);
  return String(Math.floor(bounded + TIME_OFFSET)).padStart(TIME_DIGITS, "0");
}

function isOlder(a: { at: number; messageId: string }, b: { at: number; messageId: string }): boolean {
  return a.at < b.at || (a.at === b.at && a.messageId < b.messageId);
}

function parseCursor(cursor: string): { at: number; messageId: string } {
  const space = cursor.indexOf(" ");
  return { at: Number(cursor.slice(0, space)), messageId: cursor.slice(space + 1) };
}
