import { type SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect, test } from "vitest";
import { makeWorkQueue } from "#aws/queues/work-queue.ts";

interface Message {
  readonly n: number;
}

/** An SQS that refuses some messages of a call: `refuses` hears each message and how often it was tried. */
function openQueue(refuses: (n: number, attempt: number) => boolean = () => false) {
  const taken: Message[] = [];
  const calls: SendMessageBatchCommand["input"][] = [];
  const attempts = new Map<number, number>();
  const pauses: number[] = [];
  const sqs = Object.assign(new SQSClient({ region: "us-east-1" }), {
    send: async ({ input }: SendMessageBatchCommand) => {
      calls.push(input);
      const entries = (input.Entries ?? []).map(({ Id, MessageBody = "" }) => ({
        Id,
        message: JSON.parse(MessageBody) as Message,
      }));
      const outcomes = entries.map(({ Id, message }) => {
        const attempt = (attempts.get(message.n) ?? 0) + 1;
        attempts.set(message.n, attempt);
        const refused = refuses(message.n, attempt);
        if (!refused) taken.push(message);
        return { Id, refused };
      });
      return {
        Successful: outcomes.filter(({ refused }) => !refused),
        Failed: outcomes.filter(({ refused }) => refused),
      };
    },
  });
  const queue = makeWorkQueue<Message>({ sqs, url: "https://queue", sleep: async (ms) => pauses.push(ms) });
  return { queue, taken, calls, pauses };
}

const messages = (count: number) => Array.from({ length: count }, (_, n): Message => ({ n }));

describe("a queue of work", () => {
  test("sends ten messages a call", async () => {
    const { queue, taken, calls } = openQueue();
    await queue.send(messages(64));
    expect(calls).toHaveLength(7);
    expect(taken).toEqual(messages(64));
    expect(calls[0]).toMatchObject({ QueueUrl: "https://queue" });
  });

  test("keeps messages back for as long as asked, rounded up to seconds, at most 15 minutes", async () => {
    const { queue, calls } = openQueue();
    await queue.send(messages(1), { delayMs: 1_001 });
    await queue.send(messages(1), { delayMs: 3_600_000 });
    expect(calls.map(({ Entries }) => Entries?.[0]?.DelaySeconds)).toEqual([2, 900]);
  });

  test("sends again, after a pause, only what was refused", async () => {
    const { queue, taken, calls, pauses } = openQueue((n, attempt) => n % 3 === 0 && attempt < 3);
    await queue.send(messages(12));
    expect(taken.toSorted((a, b) => a.n - b.n)).toEqual(messages(12));
    expect(calls.map(({ Entries }) => Entries?.length)).toEqual([10, 2, 4, 4]);
    expect(pauses).toHaveLength(2);
  });

  test("says so where some are still refused in the end", async () => {
    const { queue } = openQueue((n) => n === 7);
    await expect(queue.send(messages(12))).rejects.toMatchObject({ code: "queue_unavailable", retriable: true });
  });
});
