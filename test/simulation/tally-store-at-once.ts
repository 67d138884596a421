import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { TallyStore } from "#domain/ports/tally-store.ts";

/** The tallies of runs as `#aws/stores/tally-store.ts` keeps them, in this thread: that one compresses in Node's thread
 *  pool, which comes back when it will, and a story would not be the same twice. */
export function makeTallyStoreAtOnce({ s3, bucket }: { s3: S3Client; bucket: string }): TallyStore {
  const keyOf = (name: string) => `work/${name}.json.zst`;
  return {
    async write(name, value) {
      const Body = zstdCompressSync(Buffer.from(JSON.stringify(value)));
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: keyOf(name), Body }));
    },
    async read(name) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: keyOf(name) }));
      const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
      return JSON.parse(zstdDecompressSync(bytes).toString("utf8")) as unknown;
    },
  };
}
