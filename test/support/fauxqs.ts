import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { buildApp } from "fauxqs";

/** An S3 with one empty bucket on 127.0.0.1, for one test file. */
export async function startS3(bucket: string): Promise<{ s3: S3Client; stop(): Promise<void> }> {
  const app = buildApp({ logger: false });
  // fauxqs's own start would listen on every interface.
  const endpoint = await app.listen({ host: "127.0.0.1", port: 0 });
  const s3 = new S3Client({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    forcePathStyle: true,
    // As `makeSigningS3`: the real S3 would refuse what an address signed with a checksum of nothing is given.
    requestChecksumCalculation: "WHEN_REQUIRED",
  });
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  return {
    s3,
    stop: async () => {
      s3.destroy();
      await app.close();
    },
  };
}
