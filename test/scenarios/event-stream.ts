import { KinesisClient, ListStreamsCommand, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import type { LocalStack } from "../support/local-stack.ts";
import { listeningPorts } from "./listening-ports.ts";

/**
 * Puts records straight on the runtime's EventStream, past collection, all under one partition key and so in their
 * order. The runtime tells nobody where its Kinesis is: it is looked for among the ports that it listens on.
 */
export async function putOnEventStream(stack: LocalStack, records: readonly Uint8Array[]): Promise<void> {
  const { kinesis, stream } = await findEventStream(stack);
  try {
    const answer = await kinesis.send(
      new PutRecordsCommand({
        StreamName: stream,
        Records: records.map((Data) => ({ Data, PartitionKey: "straight" })),
      }),
    );
    if (answer.FailedRecordCount !== 0) throw new Error(`${answer.FailedRecordCount} records were refused`);
  } finally {
    kinesis.destroy();
  }
}

async function findEventStream(stack: LocalStack): Promise<{ kinesis: KinesisClient; stream: string }> {
  for (const port of listeningPorts(stack.pid)) {
    const endpoint = `http://127.0.0.1:${port}`;
    if (!(await speaksKinesis(endpoint))) continue;
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const kinesis = new KinesisClient({ endpoint, region: "us-east-1", credentials });
    const { StreamNames = [] } = await kinesis.send(new ListStreamsCommand({}));
    const stream = StreamNames.find((name) => name.includes("EventStream"));
    if (stream !== undefined) return { kinesis, stream };
    kinesis.destroy();
  }
  throw new Error("the runtime listens on no port that speaks Kinesis");
}

async function speaksKinesis(endpoint: string): Promise<boolean> {
  const headers = { "x-amz-target": "Kinesis_20131202.ListStreams", "content-type": "application/x-amz-json-1.1" };
  const response = await fetch(endpoint, { method: "POST", headers, body: "{}" });
  return response.ok && (await response.text()).includes("StreamNames");
}
