import { Readable } from "node:stream";
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { ImportObjectStore } from "#domain/ports/import-object-store.ts";

const PREFIX = "imports/";
/** HeadObject says 403 where there is no object and the role may not list the bucket. */
const NOT_THERE = new Set([403, 404]);

/** Uploaded files in S3, `imports/<importId>/file`, and what an import keeps beside each. Addresses are signed with the
 *  role of the function that asks, and end with its session at the latest; uploads need a client that signs no checksum
 *  (`makeSigningS3`). */
export function makeImportObjectStore(on: { s3: S3Client; bucket: string }): ImportObjectStore {
  const { s3, bucket: Bucket } = on;

  async function* readAll(importId: string, names: readonly string[]): AsyncGenerator<Uint8Array> {
    for (const name of names) yield await readObject(importId, `parts/${name}`);
  }

  async function readObject(importId: string, name: string): Promise<Uint8Array> {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: keyOf(importId, name) }));
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  }

  return {
    offerUpload: (importId, seconds) =>
      getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: keyOf(importId, "file") }), { expiresIn: seconds }),

    async find(importId) {
      try {
        const head = await s3.send(new HeadObjectCommand({ Bucket, Key: keyOf(importId, "file") }));
        return { bytes: head.ContentLength ?? 0, etag: head.ETag ?? "" };
      } catch (error) {
        if (NOT_THERE.has(statusOf(error))) return undefined;
        throw error;
      }
    },

    async read(importId, { etag }, { offset, length }) {
      try {
        const Range = `bytes=${offset}-${offset + length - 1}`;
        const answer = await s3.send(new GetObjectCommand({ Bucket, Key: keyOf(importId, "file"), Range }));
        if (answer.ETag !== etag) return undefined;
        return await answer.Body?.transformToByteArray();
      } catch (error) {
        // 416: it has become shorter.
        if (statusOf(error) === 416 || NOT_THERE.has(statusOf(error))) return undefined;
        throw error;
      }
    },

    async writePart(importId, name, bytes) {
      await s3.send(new PutObjectCommand({ Bucket, Key: keyOf(importId, `parts/${name}`), Body: bytes }));
    },

    readPart: (importId, name) => readObject(importId, `parts/${name}`),

    async writeErrors(importId, parts) {
      const names = parts.map(({ name }) => name);
      await s3.send(
        new PutObjectCommand({
          Bucket,
          Key: keyOf(importId, "errors.ndjson"),
          ContentType: "application/x-ndjson",
          // Known beforehand, so that a stream can be sent as it is.
          ContentLength: parts.reduce((sum, { bytes }) => sum + bytes, 0),
          Body: Readable.from(readAll(importId, names)),
        }),
      );
    },

    offerErrors: (importId, seconds) =>
      getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: keyOf(importId, "errors.ndjson") }), { expiresIn: seconds }),
  };
}

function keyOf(importId: string, name: string): string {
  return `${PREFIX}${importId}/${name}`;
}

function statusOf(error: unknown): number {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;
}
