import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import type { FailureObjectStore } from "#domain/ports/failure-object-store.ts";

/** Where Lambda's on-failure destination writes: `aws/lambda/<mapping>/<shard>/<yyyy>/<mm>/<dd>/<time>-<id>`
 *  (docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html). */
const PREFIX = "aws/lambda/";

export function makeFailureObjectStore(on: { s3: Pick<S3Client, "send">; bucket: string }): FailureObjectStore {
  const { s3, bucket } = on;
  return {
    async list(limit) {
      const answer = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: PREFIX, MaxKeys: limit }));
      return (answer.Contents ?? []).map(({ Key }) => Key).filter((key) => key !== undefined);
    },
    async read(object) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: object }));
      return (await Body?.transformToString("utf8")) ?? "";
    },
    async remove(object) {
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: object }));
    },
  };
}
