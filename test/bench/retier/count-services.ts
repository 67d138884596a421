import type { S3Client } from "@aws-sdk/client-s3";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { makeMemoryS3 } from "../../support/memory-s3.ts";
import { makeMemorySqs } from "../../support/memory-sqs.ts";

/** S3 in memory, with how often each command was sent. */
export function makeCountedS3() {
  const s3 = makeMemoryS3();
  const counts = { puts: 0, gets: 0 };
  const send = async (command: object) => {
    if (command.constructor.name === "PutObjectCommand") counts.puts++;
    else counts.gets++;
    return s3.execute(command);
  };
  return { client: { send } as unknown as S3Client, counts };
}

/** A queue of SQS in memory, with how often it was called and what is in it. */
export function makeCountedSqs() {
  const sqs = makeMemorySqs();
  const counts = { calls: 0, messages: 0 };
  const waiting: string[] = [];
  sqs.onMessage((_queue, { body }) => {
    counts.messages++;
    waiting.push(body);
  });
  const send = async (command: object) => {
    counts.calls++;
    return sqs.execute(command);
  };
  return { client: { send } as unknown as SQSClient, counts, take: () => waiting.shift() };
}
