import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { SentMessage } from "../../support/memory-sqs.ts";
import type { Dice } from "../dice.ts";
import type { Lambda } from "../lambda.ts";
import type { Scheduler } from "../scheduler.ts";
import type { Weather } from "../weather.ts";

/** The template's. */
const MAX_RECEIVES = 5;
const MAX_BATCH = 10;
const CONCURRENCY = 4;

/** Touches that come into the queue one after another share a message, up to so many: more of them than the product packs,
 *  whose moment is too short for the few of a story. */
const MAX_SHARED = 3;

interface Message {
  readonly id: string;
  body: string;
  receives: number;
}

/** A channel's queue with Lambda's event source mapping behind it: batches of up to ten, several at once. Whatever fails,
 *  or of whose success nobody hears, comes again when it is visible again; after the fifth time it is a dead letter, and
 *  `redrive` brings all of those back. */
export function mapChannelQueue(on: {
  name: string;
  lambda: Lambda<SQSEvent, SQSBatchResponse>;
  visibilityMs: number;
  onMessage: (take: (message: SentMessage) => void) => void;
  scheduler: Scheduler;
  weather: Weather;
  dice: Dice;
  tell: (line: () => string) => void;
}): { isDone(): boolean; redrive(): number; put(body: string): void } {
  const { name, lambda, visibilityMs, scheduler, weather, dice, tell } = on;
  const visible: Message[] = [];
  const dead: string[] = [];
  /** The last one that is not visible yet. */
  let arriving: Message | undefined;
  let made = 0;
  let waiting = 0;
  let busy = 0;

  function poll(): void {
    while (visible.length > 0 && busy < CONCURRENCY) receive(visible.splice(0, dice.between(1, MAX_BATCH)));
  }

  function receive(batch: readonly Message[]): void {
    busy++;
    const receivedAt = scheduler.now();
    for (const message of batch) message.receives++;
    tell(() => `${name} delivers ${batch.map(({ body, receives }) => `${body} (${receives})`).join(" ")}`);
    const Records = batch.map(({ id, body }) => ({ messageId: id, body }) as SQSRecord);
    lambda.invoke({ Records }, (outcome) => {
      busy--;
      const isHeard = outcome.kind === "answered" && !weather.strikes("report-lost", () => name);
      const failures = outcome.kind === "answered" ? outcome.answer.batchItemFailures : [];
      const failed = new Set(failures.map(({ itemIdentifier }) => itemIdentifier));
      for (const message of batch) {
        if (isHeard && !failed.has(message.id)) waiting--;
        else if (message.receives >= MAX_RECEIVES) bury(message);
        else scheduler.after(receivedAt + visibilityMs - scheduler.now(), () => show(message));
      }
      poll();
    });
  }

  function bury({ body }: Message): void {
    tell(() => `${name} gives up ${body}`);
    waiting--;
    dead.push(body);
  }

  function show(message: Message): void {
    if (arriving === message) arriving = undefined;
    visible.push(message);
    scheduler.after(dice.between(1, 500), poll);
  }

  function put(body: string, delayMs = 0): void {
    const copies = weather.strikes("delivered-twice", () => name) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      waiting++;
      const message = { id: `${name}-${++made}`, body, receives: 0 };
      scheduler.after(delayMs + dice.between(1, 1000), () => show(message));
      if (delayMs === 0) arriving = message;
    }
  }

  /** Whether what is sent has found a place in the message that came before it. */
  function joins(body: string): boolean {
    const [there, more] = [idsIn(arriving?.body), idsIn(body)];
    if (!arriving || there.length * more.length === 0 || there.length + more.length > MAX_SHARED) return false;
    arriving.body = JSON.stringify({ touchIds: [...there, ...more] });
    return true;
  }

  function arrive({ body, delayMs }: SentMessage): void {
    if (delayMs > 0 || !joins(body)) put(body, delayMs);
  }

  on.onMessage(arrive);
  return {
    isDone: () => waiting === 0 && dead.length === 0,
    redrive() {
      const letters = dead.splice(0);
      for (const body of letters) put(body);
      return letters.length;
    },
    put: (body) => arrive({ body, delayMs: 0 }),
  };
}

function idsIn(body = "{}"): readonly string[] {
  const { touchIds = [] } = JSON.parse(body) as { readonly touchIds?: readonly string[] };
  return touchIds;
}
