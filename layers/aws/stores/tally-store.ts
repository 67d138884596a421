import { promisify } from "node:util";
import { zstdCompress, zstdDecompress } from "node:zlib";
import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { TallyStore } from "#domain/ports/tally-store.ts";

const PREFIX = "work/";
const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);
/** A tally of a slice is some MB of JSON; whatever is beyond this was not written by us. */
const MAX_EXPANDED_BYTES = 1024 * 1024 * 1024;

/** Objects of work in progress in the bucket (`work/<name>.json.zst`), which forgets them after a month. Throws what S3
 *  throws, NoSuchKey where there is no such object. */
export function makeTallyStore({ s3, bucket }: { s3: Pick<S3Client, "send">; bucket: string }): TallyStore {
  const keyOf = (name: string) => `${PREFIX}${name}.json.zst`;
  return {
    async write(name, value) {
      const Body = await compress(Buffer.from(JSON.stringify(value)));
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: keyOf(name), Body, ContentType: "application/zstd" }));
    },

    async read(name) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: keyOf(name) }));
      const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
      const json = await decompress(bytes, { maxOutputLength: MAX_EXPANDED_BYTES });
      return JSON.parse(json.toString("utf8")) as unknown;
    },
  };
}
