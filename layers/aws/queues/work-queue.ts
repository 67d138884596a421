import { SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { QueueUnavailableError, type WorkQueue } from "#domain/ports/work-queue.ts";
import { sleep as realSleep, type Sleep } from "../sleep.ts";

/** SendMessageBatch takes at most 10 messages. */
export const MESSAGES_A_CALL = 10;
const CALLS_AT_ONCE = 8;
const ATTEMPTS = 5;
const FIRST_DELAY_MS = 50;

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
  readonly DelaySeconds?: number;
}

/** A queue of SQS whose messages are JSON. What is refused is tried again a few times; throws QueueUnavailableError
 *  where some of it is still refused. */
export function makeWorkQueue<Message>(on: { sqs: SQSClient; url: string; sleep?: Sleep }): WorkQueue<Message> {
  const { sleep = realSleep } = on;

  async function sendOnce(entries: readonly Entry[]): Promise<Entry[]> {
    try {
      const answer = await on.sqs.send(new SendMessageBatchCommand({ QueueUrl: on.url, Entries: [...entries] }));
      const taken = new Set(answer.Successful?.map(({ Id }) => Id));
      return entries.filter(({ Id }) => !taken.has(Id));
    } catch {
      // Whatever went wrong, none of these is known to be durable; a message that comes twice does no harm.
      return [...entries];
    }
  }

  return {
    async send(messages, { delayMs = 0 } = {}) {
      let left = messages.map((message, n): Entry => {
        const ownMs = typeof delayMs === "function" ? delayMs(message) : delayMs;
        return {
          Id: String(n),
          MessageBody: JSON.stringify(message),
          ...(ownMs > 0 && { DelaySeconds: Math.min(900, Math.ceil(ownMs / 1000)) }),
        };
      });
      for (let attempt = 0; attempt < ATTEMPTS && left.length > 0; attempt++) {
        if (attempt > 0) await sleep(FIRST_DELAY_MS * 2 ** attempt);
        const refused: Entry[] = [];
        for (const calls of chunksOf(chunksOf(left, MESSAGES_A_CALL), CALLS_AT_ONCE)) {
          refused.push(...(await Promise.all(calls.map(sendOnce))).flat());
        }
        left = refused;
      }
      if (left.length > 0) throw new QueueUnavailableError(`${left.length} messages could not be sent`);
    },
  };
}

function chunksOf<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size));
}
