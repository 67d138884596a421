import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { FailedEventStore } from "#domain/ports/failed-event-store.ts";
import { FailedEvent } from "#events/failed-event.ts";

const PREFIX = "failed/";
/** Names count down from here, so that S3's one order of listing, ascending, is newest first within a day. */
const END_OF_TIME_MS = 9_999_999_999_999;

export class FailedEventStoreError extends Error {
  override readonly name = "FailedEventStoreError";
  readonly code: "failed_object_unknown" | "failed_object_unreadable";
  readonly retriable = false;
  constructor(code: "failed_object_unknown" | "failed_object_unreadable", options?: ErrorOptions) {
    super(code, options);
    this.code = code;
  }
}

/** Failed events as NDJSON objects in S3, `failed/<yyyy-mm-dd>/<counting down to the end of time>-<id>.ndjson`. */
export function makeFailedEventStore({
  s3,
  bucket,
  now,
  newId,
}: {
  s3: Pick<S3Client, "send">;
  bucket: string;
  now: () => number;
  newId: () => string;
}): FailedEventStore {
  /** Days that hold objects, newest first. One a day, and a lifecycle rule bounds how many. */
  async function listDays(): Promise<string[]> {
    const days: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const answer = await s3.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: PREFIX, Delimiter: "/", ContinuationToken }),
      );
      for (const { Prefix } of answer.CommonPrefixes ?? []) if (Prefix !== undefined) days.push(Prefix);
      ContinuationToken = answer.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    return days.toSorted().reverse();
  }

  async function listDay(day: string, after: string | undefined, limit: number): Promise<string[]> {
    const answer = await s3.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: day,
        MaxKeys: limit,
        ...(after?.startsWith(day) && { StartAfter: after }),
      }),
    );
    return (answer.Contents ?? []).map(({ Key }) => Key).filter((key) => key !== undefined);
  }

  return {
    async store(failed) {
      if (failed.length === 0) return;
      const at = now();
      const day = new Date(at).toISOString().slice(0, 10);
      const name = `${String(END_OF_TIME_MS - at).padStart(13, "0")}-${newId()}`;
      await s3.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: `${PREFIX}${day}/${name}.ndjson`,
          ContentType: "application/x-ndjson",
          Body: failed.map((event) => JSON.stringify(event)).join("\n"),
        }),
      );
    },

    async list({ cursor, limit }) {
      const newestDay = cursor === undefined ? undefined : dayOf(cursor);
      const days = (await listDays()).filter((day) => newestDay === undefined || day <= newestDay);
      const objects: string[] = [];
      for (const day of days) {
        // One more than asked for tells whether there is a next page.
        objects.push(...(await listDay(day, cursor, limit + 1 - objects.length)));
        if (objects.length > limit) break;
      }
      const page = objects.slice(0, limit);
      const last = page.at(-1);
      return objects.length > limit && last !== undefined ? { objects: page, cursor: last } : { objects: page };
    },

    async read(object) {
      const text = await readText(s3, bucket, object);
      try {
        return text
          .split("\n")
          .filter((line) => line !== "")
          .map((line) => FailedEvent.parse(JSON.parse(line)));
      } catch (cause) {
        throw new FailedEventStoreError("failed_object_unreadable", { cause });
      }
    },

    async remove(object) {
      checkName(object);
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: object }));
    },
  };
}

async function readText(s3: Pick<S3Client, "send">, bucket: string, object: string): Promise<string> {
  checkName(object);
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: object }));
    return (await Body?.transformToString("utf8")) ?? "";
  } catch (cause) {
    if (cause instanceof Error && cause.name === "NoSuchKey") {
      throw new FailedEventStoreError("failed_object_unknown", { cause });
    }
    throw cause;
  }
}

/** Whoever may replay failed events may not thereby read or remove other objects of the bucket. */
function checkName(object: string): void {
  if (!object.startsWith(PREFIX)) throw new FailedEventStoreError("failed_object_unknown");
}

function dayOf(object: string): string {
  return object.slice(0, object.lastIndexOf("/") + 1);
}
