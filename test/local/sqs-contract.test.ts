import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type Message,
  QueueDoesNotExist,
  ReceiptHandleIsInvalid,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  TooManyEntriesInBatchRequest,
} from "@aws-sdk/client-sqs";
import { buildApp } from "fauxqs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MessageQueues } from "../../infra/local/queue/message-queues.ts";
import { makeSqsApi } from "../../infra/local/queue/sqs-api.ts";
import { serveSqs } from "../../infra/local/queue/sqs-endpoint.ts";

const arn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
const credentials = { accessKeyId: "local", secretAccessKey: "local" };

interface Backend {
  readonly url: string;
  /** URLs by queue name, under which this backend's queues are sent to. */
  readonly queueUrls: Readonly<Record<string, string>>;
  close(): unknown;
}

async function startEmbedded(): Promise<Backend> {
  const queues = new MessageQueues(mkdtempSync(path.join(tmpdir(), "strata-sqs-")), Date.now);
  const common = { visibilityTimeoutMs: 30_000, retentionMs: 345_600_000, delayMs: 0 };
  queues.open([
    { ...common, name: "Work", queueName: "Work", arn: arn("Work"), redrive: { arn: arn("Dead"), maxReceiveCount: 2 } },
    { ...common, name: "Dead", queueName: "Dead", arn: arn("Dead") },
  ]);
  const urlOf = (name: string): string => `${server.url}/000000000000/${name}`;
  const server = await serveSqs(makeSqsApi(queues, urlOf));
  return { url: server.url, close: server.close, queueUrls: { Work: urlOf("Work"), Dead: urlOf("Dead") } };
}

/** fauxqs: the measure of what an SQS endpoint answers. */
async function startReference(): Promise<Backend> {
  const app = buildApp({ logger: false });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const client = new SQSClient({ endpoint: url, region: "us-east-1", credentials });
  const create = async (QueueName: string, Attributes: Record<string, string> = {}) =>
    (await client.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl ?? "";
  const Dead = await create("Dead");
  const Work = await create("Work", {
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn("Dead"), maxReceiveCount: 2 }),
  });
  client.destroy();
  return { url, close: () => app.close(), queueUrls: { Dead, Work } };
}

describe.each([
  ["the embedded queues", startEmbedded],
  ["fauxqs", startReference],
])("the SQS API of %s", (_, start) => {
  let backend: Backend;
  let client: SQSClient;
  let QueueUrl: string;
  beforeAll(async () => {
    backend = await start();
    client = new SQSClient({ endpoint: backend.url, region: "us-east-1", credentials, maxAttempts: 1 });
    QueueUrl = backend.queueUrls.Work ?? "";
  });
  afterAll(async () => {
    client.destroy();
    await backend.close();
  });

  const receive = async (more: Partial<ConstructorParameters<typeof ReceiveMessageCommand>[0]> = {}) => {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, ...more }),
    );
    return Messages;
  };
  const remove = async ({ ReceiptHandle }: Message) =>
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  const attributes = async () =>
    (await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }))).Attributes ?? {};

  test("takes a message, gives it once with its attributes, and deletes it", async () => {
    const { MessageId } = await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "grüß dich" }));
    const [message, ...others] = await receive({ MessageSystemAttributeNames: ["All"] });
    expect(others).toEqual([]);
    expect(message).toMatchObject({ MessageId, Body: "grüß dich", Attributes: { ApproximateReceiveCount: "1" } });
    expect(await receive()).toEqual([]);
    expect(await attributes()).toMatchObject({ ApproximateNumberOfMessagesNotVisible: "1" });
    await remove(message ?? {});
    expect(await attributes()).toMatchObject({
      ApproximateNumberOfMessages: "0",
      ApproximateNumberOfMessagesNotVisible: "0",
      ApproximateNumberOfMessagesDelayed: "0",
    });
  });

  test("sends and deletes in batches", async () => {
    const ids = Array.from({ length: 10 }, (_, index) => `e${index}`);
    const sent = await client.send(
      new SendMessageBatchCommand({ QueueUrl, Entries: ids.map((Id) => ({ Id, MessageBody: `body ${Id}` })) }),
    );
    expect(sent.Successful?.map(({ Id }) => Id)).toEqual(ids);
    const messages = await receive();
    expect(new Set(messages.map(({ Body }) => Body))).toEqual(new Set(ids.map((id) => `body ${id}`)));
    const deleted = await client.send(
      new DeleteMessageBatchCommand({
        QueueUrl,
        Entries: messages.map(({ ReceiptHandle }, index) => ({ Id: `d${index}`, ReceiptHandle })),
      }),
    );
    expect(deleted.Successful).toHaveLength(10);
    expect(await attributes()).toMatchObject({ ApproximateNumberOfMessagesNotVisible: "0" });
  });

  test("keeps a delayed message back", async () => {
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "later", DelaySeconds: 1 }));
    expect(await attributes()).toMatchObject({ ApproximateNumberOfMessagesDelayed: "1" });
    expect(await receive()).toEqual([]);
    const [message] = await receive({ WaitTimeSeconds: 20 });
    expect(message?.Body).toBe("later");
    await remove(message ?? {});
  });

  test("gives a message back when asked, and to the dead letters when it was received too often", async () => {
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "again" }));
    for (const count of ["1", "2"]) {
      const [message] = await receive({ MessageSystemAttributeNames: ["ApproximateReceiveCount"] });
      expect(message?.Attributes).toEqual({ ApproximateReceiveCount: count });
      await client.send(
        new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 0 }),
      );
    }
    expect(await receive()).toEqual([]);
    const [dead] = await receive({ QueueUrl: backend.queueUrls.Dead });
    expect(dead?.Body).toBe("again");
  });

  test("finds a queue's URL, and says what there is not", async () => {
    const found = await client.send(new GetQueueUrlCommand({ QueueName: "Work" }));
    expect(found.QueueUrl).toBe(QueueUrl);
    await expect(client.send(new GetQueueUrlCommand({ QueueName: "None" }))).rejects.toBeInstanceOf(QueueDoesNotExist);
    await expect(
      client.send(new SendMessageCommand({ QueueUrl: QueueUrl.replace("Work", "None"), MessageBody: "x" })),
    ).rejects.toBeInstanceOf(QueueDoesNotExist);
  });

  test("refuses a batch that is too long", async () => {
    const Entries = Array.from({ length: 11 }, (_, index) => ({ Id: String(index), MessageBody: "x" }));
    await expect(client.send(new SendMessageBatchCommand({ QueueUrl, Entries }))).rejects.toBeInstanceOf(
      TooManyEntriesInBatchRequest,
    );
  });
});

describe("a client of the embedded queues", () => {
  test.each<[string, (backend: Backend) => object]>([
    ["that goes by the queue's URL", () => ({})],
    ["that goes by its endpoint", ({ url }) => ({ endpoint: url, useQueueUrlAsEndpoint: false })],
  ])("%s reaches them", async (_, configure) => {
    const backend = await startEmbedded();
    const client = new SQSClient({ region: "us-east-1", credentials, maxAttempts: 1, ...configure(backend) });
    const quiet = { warn: () => undefined, debug: () => undefined, info: () => undefined, error: () => undefined };
    client.config.logger = quiet;
    const sent = await client.send(new SendMessageCommand({ QueueUrl: backend.queueUrls.Work, MessageBody: "x" }));
    expect(sent.MessageId).toBeDefined();
    client.destroy();
    await backend.close();
  });

  test("is told so where it sends what would be lost, and of a receipt that is none", async () => {
    const backend = await startEmbedded();
    const client = new SQSClient({ region: "us-east-1", credentials, maxAttempts: 1, endpoint: backend.url });
    const QueueUrl = backend.queueUrls.Work;
    const attribute = { a: { DataType: "String", StringValue: "b" } };
    for (const more of [
      { MessageAttributes: attribute },
      { MessageGroupId: "g" },
      { MessageBody: "x".repeat(1_048_577) },
    ]) {
      const command = new SendMessageCommand({ QueueUrl, MessageBody: "x", ...more });
      await expect(client.send(command)).rejects.toMatchObject({ name: "InvalidParameterValue" });
    }
    await expect(client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: "none" }))).rejects.toBeInstanceOf(
      ReceiptHandleIsInvalid,
    );
    client.destroy();
    await backend.close();
  });
});
