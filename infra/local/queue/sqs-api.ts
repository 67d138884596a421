import * as z from "zod";
import { md5, writeSystemAttributes } from "./describe-message.ts";
import type { MessageQueue, ReceivedMessage } from "./message-queue.ts";
import type { MessageQueues } from "./message-queues.ts";
import { describeQueue } from "./queue-attributes.ts";
import { invalidParameter, invalidReceipt, SqsError } from "./sqs-errors.ts";
import * as requests from "./sqs-requests.ts";

/** SQS' own quota for a message and for a batch of them (developer guide, "Message quotas"). */
const maximumBytes = 1 << 20;
const maximumEntries = 10;
/** How often a request that waits looks whether a delay has run out, ms. */
const lookMs = 50;

type Operation = (body: unknown, ended: AbortSignal) => unknown;

/**
 * The operations of the SQS API that the product, its tests and an event source mapping use, over the embedded queues.
 *
 * @param urlOf the URL under which a queue is known, by its name
 */
export function makeSqsApi(queues: MessageQueues, urlOf: (queueName: string) => string): RunOperation {
  const find = (queueName: string): MessageQueue => {
    const queue = queues.find(queueName);
    if (queue) return queue;
    const message = "The specified queue does not exist.";
    throw new SqsError("QueueDoesNotExist", message, "AWS.SimpleQueueService.NonExistentQueue");
  };
  const at = (queueUrl: string): MessageQueue => find(queueUrl.slice(queueUrl.lastIndexOf("/") + 1));

  const operations: Record<string, Operation> = {
    SendMessage(body) {
      const { QueueUrl, MessageBody, DelaySeconds } = requests.SendMessage.parse(body);
      requireSize(Buffer.byteLength(MessageBody));
      const [MessageId] = at(QueueUrl).send([{ body: MessageBody, delayMs: toMs(DelaySeconds) }]);
      return { MessageId, MD5OfMessageBody: md5(MessageBody) };
    },
    SendMessageBatch(body) {
      const { QueueUrl, Entries } = requests.SendMessageBatch.parse(body);
      const queue = at(QueueUrl);
      requireBatch(Entries);
      if (Entries.reduce((sum, entry) => sum + Buffer.byteLength(entry.MessageBody), 0) > maximumBytes) {
        throw new SqsError("BatchRequestTooLong", `Batch requests cannot be longer than ${maximumBytes} bytes.`);
      }
      const ids = queue.send(
        Entries.map(({ MessageBody, DelaySeconds }) => ({ body: MessageBody, delayMs: toMs(DelaySeconds) })),
      );
      return {
        Successful: Entries.map(({ Id, MessageBody }, index) => ({
          Id,
          MessageId: ids[index],
          MD5OfMessageBody: md5(MessageBody),
        })),
      };
    },
    async ReceiveMessage(body, ended) {
      const request = requests.ReceiveMessage.parse(body);
      const messages = await receive(at(request.QueueUrl), request, ended);
      const wanted = [...request.AttributeNames, ...request.MessageSystemAttributeNames];
      return messages.length === 0 ? {} : { Messages: messages.map((message) => writeMessage(message, wanted)) };
    },
    DeleteMessage(body) {
      const { QueueUrl, ReceiptHandle } = requests.DeleteMessage.parse(body);
      const queue = at(QueueUrl);
      requireReceipt(queue, ReceiptHandle);
      queue.remove([ReceiptHandle]);
      return {};
    },
    DeleteMessageBatch(body) {
      const { QueueUrl, Entries } = requests.DeleteMessageBatch.parse(body);
      const queue = at(QueueUrl);
      requireBatch(Entries);
      const [good, bad] = [true, false].map((fits) =>
        Entries.filter(({ ReceiptHandle }) => queue.isReceipt(ReceiptHandle) === fits),
      );
      queue.remove((good ?? []).map(({ ReceiptHandle }) => ReceiptHandle));
      return {
        Successful: (good ?? []).map(({ Id }) => ({ Id })),
        Failed: (bad ?? []).map(({ Id }) => ({ Id, Code: invalidReceipt().code, SenderFault: true })),
      };
    },
    ChangeMessageVisibility(body) {
      const { QueueUrl, ReceiptHandle, VisibilityTimeout } = requests.ChangeMessageVisibility.parse(body);
      const queue = at(QueueUrl);
      requireReceipt(queue, ReceiptHandle);
      if (queue.changeVisibility(ReceiptHandle, VisibilityTimeout * 1000)) return {};
      throw new SqsError("MessageNotInflight", "The message is not available for a visibility timeout change.");
    },
    GetQueueAttributes(body) {
      const { QueueUrl, AttributeNames } = requests.GetQueueAttributes.parse(body);
      return { Attributes: select(describeQueue(at(QueueUrl)), AttributeNames) };
    },
    GetQueueUrl(body) {
      const { plan } = find(requests.GetQueueUrl.parse(body).QueueName);
      return { QueueUrl: urlOf(plan.queueName) };
    },
  };

  return async (name, body, ended) => {
    const operation = operations[name];
    if (!operation) throw new SqsError("UnsupportedOperation", `${name} is not available locally.`);
    try {
      return await operation(body, ended);
    } catch (error) {
      if (error instanceof z.ZodError) throw invalidParameter(z.prettifyError(error));
      throw error;
    }
  };
}

type RunOperation = (name: string, body: unknown, ended: AbortSignal) => Promise<unknown>;

/** Waits as long as the request says for a first message, in real time: somebody waits for the answer. */
async function receive(
  queue: MessageQueue,
  request: z.infer<typeof requests.ReceiveMessage>,
  ended: AbortSignal,
): Promise<ReceivedMessage[]> {
  const { MaxNumberOfMessages, VisibilityTimeout, WaitTimeSeconds } = request;
  const until = performance.now() + WaitTimeSeconds * 1000;
  for (;;) {
    const messages = ended.aborted ? [] : queue.receive(MaxNumberOfMessages, toMs(VisibilityTimeout));
    if (messages.length > 0 || ended.aborted || performance.now() >= until) return messages;
    await queue.waitForArrival(lookMs);
  }
}

function writeMessage(message: ReceivedMessage, wanted: readonly string[]) {
  const attributes = select(writeSystemAttributes(message), wanted);
  return {
    MessageId: message.id,
    ReceiptHandle: message.receipt,
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(Object.keys(attributes).length > 0 && { Attributes: attributes }),
  };
}

function select(attributes: Readonly<Record<string, string>>, wanted: readonly string[]): Record<string, string> {
  const all = wanted.includes("All");
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => all || wanted.includes(name)));
}

function toMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}

function requireSize(bytes: number): void {
  if (bytes > maximumBytes) throw invalidParameter(`Message must be shorter than ${maximumBytes} bytes.`);
}

function requireReceipt(queue: MessageQueue, receipt: string): void {
  if (!queue.isReceipt(receipt)) throw invalidReceipt();
}

function requireBatch(entries: readonly { readonly Id: string }[]): void {
  if (entries.length === 0) throw new SqsError("EmptyBatchRequest", "There should be at least one entry.");
  if (entries.length > maximumEntries) {
    const message = `Maximum number of entries per request are ${maximumEntries}.`;
    throw new SqsError("TooManyEntriesInBatchRequest", message);
  }
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    throw new SqsError("BatchEntryIdsNotDistinct", "Two entries have the same Id.");
  }
}
