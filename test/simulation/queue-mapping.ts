import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { SentMessage } from "../support/memory-sqs.ts";
import type { Dice } from "./dice.ts";
import type { Lambda } from "./lambda.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Weather } from "./weather.ts";

/** The template's. */
const MAX_RECEIVES = 5;

/** A queue of SQS with Lambda's event source mapping behind it, of one message a batch. A message that fails, or of whose
 *  success nobody hears, comes again when it is visible again, and goes to the dead letters after the fifth time; one that
 *  succeeded may come twice too. */
export function mapQueue(on: {
  name: string;
  lambda: Lambda<SQSEvent, SQSBatchResponse>;
  visibilityMs: number;
  /** Says whom to tell of each message. */
  onMessage: (take: (message: SentMessage) => void) => void;
  scheduler: Scheduler;
  weather: Weather;
  dice: Dice;
  tell: (line: () => string) => void;
}): { isDone(): boolean; readonly deadLetters: () => number } {
  const { name, lambda, visibilityMs, scheduler, weather, dice, tell } = on;
  let made = 0;
  let waiting = 0;
  let dead = 0;

  function deliver(messageId: string, body: string, receives: number): void {
    tell(() => `${name} delivers ${body}${receives > 1 ? `, for the ${receives}th time` : ""}`);
    const receivedAt = scheduler.now();
    const record = { messageId, body } as SQSRecord;
    lambda.invoke({ Records: [record] }, (outcome) => {
      const isDone = outcome.kind === "answered" && outcome.answer.batchItemFailures.length === 0;
      if (isDone && !weather.strikes("report-lost", () => name)) waiting--;
      else if (receives >= MAX_RECEIVES) {
        tell(() => `${name} gives up ${body}`);
        waiting--;
        dead++;
      } else {
        const again = () => deliver(messageId, body, receives + 1);
        scheduler.after(receivedAt + visibilityMs - scheduler.now(), again);
      }
    });
  }

  on.onMessage(({ body, delayMs }) => {
    const messageId = `${name}-${++made}`;
    const copies = weather.strikes("delivered-twice", () => name) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      waiting++;
      scheduler.after(delayMs + dice.between(1, 1000), () => deliver(messageId, body, 1));
    }
  });
  return { isDone: () => waiting === 0, deadLetters: () => dead };
}
