import * as z from "zod";

// What is not listed is refused: message attributes, groups and deduplication would be lost unseen.

const QueueUrl = z.string();
const Body = z.string().min(1);
const DelaySeconds = z.int().min(0).max(900).optional();
const VisibilityTimeout = z.int().min(0).max(43_200);
const entries = <Entry extends z.ZodType>(entry: Entry) => z.array(entry).default([]);

const names = z.array(z.string()).default([]);

export const SendMessage = z.strictObject({ QueueUrl, MessageBody: Body, DelaySeconds });
export const SendMessageBatch = z.strictObject({
  QueueUrl,
  Entries: entries(z.strictObject({ Id: z.string(), MessageBody: Body, DelaySeconds })),
});
export const ReceiveMessage = z.strictObject({
  QueueUrl,
  MaxNumberOfMessages: z.int().min(1).max(10).default(1),
  VisibilityTimeout: VisibilityTimeout.optional(),
  WaitTimeSeconds: z.int().min(0).max(20).default(0),
  AttributeNames: names,
  MessageSystemAttributeNames: names,
  MessageAttributeNames: names,
});
export const DeleteMessage = z.strictObject({ QueueUrl, ReceiptHandle: z.string() });
export const DeleteMessageBatch = z.strictObject({
  QueueUrl,
  Entries: entries(z.strictObject({ Id: z.string(), ReceiptHandle: z.string() })),
});
export const ChangeMessageVisibility = z.strictObject({ QueueUrl, ReceiptHandle: z.string(), VisibilityTimeout });
export const GetQueueAttributes = z.strictObject({ QueueUrl, AttributeNames: names });
export const GetQueueUrl = z.strictObject({ QueueName: z.string(), QueueOwnerAWSAccountId: z.string().optional() });
