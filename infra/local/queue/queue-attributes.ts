import type { MessageQueue } from "./message-queue.ts";

/** A queue's attributes as GetQueueAttributes names and writes them. */
export function describeQueue(queue: MessageQueue): Record<string, string> {
  const { arn, visibilityTimeoutMs, retentionMs, delayMs, redrive } = queue.plan;
  const { visible, inFlight, delayed } = queue.counts();
  return {
    QueueArn: arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    VisibilityTimeout: String(visibilityTimeoutMs / 1000),
    MessageRetentionPeriod: String(retentionMs / 1000),
    DelaySeconds: String(delayMs / 1000),
    ...(redrive && {
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: redrive.arn, maxReceiveCount: redrive.maxReceiveCount }),
    }),
  };
}
