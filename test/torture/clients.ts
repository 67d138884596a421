import { setTimeout as delay } from "node:timers/promises";
import * as z from "zod";
import type { SeededRandom } from "./seeded-random.ts";
import type { Call, Sender } from "./sender-calls.ts";

const Answer = z.object({ success: z.literal(true), rejected: z.array(z.unknown()).default([]) });

/** Where clients send to; it stays the same over restarts. */
export interface Target {
  readonly url: string;
  readonly writeKeys: Readonly<Record<string, string>>;
}

/** How the clients fared. */
export interface Traffic {
  /** Calls that were answered for, each once. */
  accepted: number;
  requests: number;
  /** Requests that were sent again because nobody answered for them. */
  retries: number;
  /** Requests that were sent again although they had been answered for. */
  duplicates: number;
}

/** Senders at once. */
const lanes = 12;
const largestBatch = 12;
/** An impatient client sends again what it was answered for: an answer that got lost on its way. */
const duplicateShare = 0.08;
/** So long nobody answered: the runtime hangs. */
const patienceMs = 180_000;

/**
 * Sends everything as SDKs do: in order for each sender, in batches, the same batch with the same messageIds again until
 * it is answered for. Rejects where a call is refused or nobody answers for three minutes.
 *
 * @param mayGoOn resolves once the next request may be sent
 */
export async function sendEverything(
  senders: readonly Sender[],
  target: Target,
  traffic: Traffic,
  random: SeededRandom,
  mayGoOn: () => Promise<void>,
): Promise<void> {
  const waiting = random.shuffle(senders);
  const serve = async (): Promise<void> => {
    for (let sender = waiting.pop(); sender; sender = waiting.pop()) {
      for (const batch of cut(sender.calls, random)) {
        await mayGoOn();
        await sendUntilAccepted(batch, sender, target, traffic);
        traffic.accepted += batch.length;
        if (random.next() >= duplicateShare) continue;
        traffic.duplicates += 1;
        await sendUntilAccepted(batch, sender, target, traffic);
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, serve));
}

function cut(calls: readonly Call[], random: SeededRandom): Call[][] {
  const batches: Call[][] = [];
  for (let start = 0; start < calls.length; start += batches.at(-1)?.length ?? 0) {
    batches.push(calls.slice(start, start + 1 + random.below(largestBatch)));
  }
  return batches;
}

async function sendUntilAccepted(
  batch: readonly Call[],
  { source }: Sender,
  { url, writeKeys }: Target,
  traffic: Traffic,
): Promise<void> {
  const body = JSON.stringify({ batch });
  const authorization = `Basic ${Buffer.from(`${writeKeys[source]}:`).toString("base64")}`;
  const since = performance.now();
  for (let attempt = 0; ; attempt += 1) {
    traffic.requests += 1;
    const failure = await tryToSend(`${url}/v1/batch`, { authorization, "content-type": "application/json" }, body);
    if (failure === undefined) return;
    if (performance.now() - since > patienceMs) throw new Error(`nobody answers for a batch: ${failure}`);
    traffic.retries += 1;
    await delay(Math.min(2_000, 100 * 2 ** attempt) * (0.5 + Math.random() / 2));
  }
}

/** Undefined where it was answered for, else why it has to be sent again. Throws where it was refused for good. */
async function tryToSend(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<string | undefined> {
  let status: number;
  let text: string;
  try {
    const response = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(20_000) });
    status = response.status;
    text = await response.text();
  } catch (error) {
    return String(error);
  }
  if (status === 429 || status >= 500) return `${status} ${text}`;
  if (status !== 200) throw new Error(`/v1/batch answered ${status}: ${text}`);
  const { rejected } = Answer.parse(JSON.parse(text));
  if (rejected.length > 0) throw new Error(`/v1/batch refused ${JSON.stringify(rejected)}`);
  return undefined;
}
