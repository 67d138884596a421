import type { Connection } from "../connection.ts";
import { openText } from "../open-text.ts";
import { groupDigits } from "../spell.ts";
import type { Terminal } from "../terminal.ts";
import { Progress } from "./progress.ts";
import { type CallMapper, type Refusal, readCalls } from "./read-calls.ts";
import { sendBatch } from "./send-batch.ts";
import { SendLanes } from "./send-lanes.ts";

export interface ReplayOptions {
  readonly connection: Connection;
  readonly writeKey: string;
  /** Most events in one request. */
  readonly batch: number;
  /** Requests under way at once. */
  readonly concurrency: number;
  readonly label: string;
  readonly map?: CallMapper;
}

export interface ReplayResult {
  /** Calls that the server answered for as durable. */
  readonly accepted: number;
  readonly refused: number;
  /** By reason code. */
  readonly reasons: Readonly<Record<string, number>>;
  /** The first refusals, at most 1,000. */
  readonly refusals: readonly Refusal[];
  readonly retries: number;
  readonly seconds: number;
}

/** The collection API's own limits (a body of 500 KB, 2,500 events). */
export const MAX_BATCH_EVENTS = 2_500;
const MAX_BATCH_BYTES = 500_000;
const KEPT_REFUSALS = 1_000;

/** Streams a file of Segment calls to the collection API; memory use does not depend on its size. */
export async function replayFile(path: string, options: ReplayOptions, terminal: Terminal): Promise<ReplayResult> {
  const text = await openText(path);
  const progress = new Progress(terminal, options.label);
  const refusals: Refusal[] = [];
  const reasons: Record<string, number> = {};
  let accepted = 0;
  let refused = 0;
  let retries = 0;
  let note = "";
  let taken = 0;
  // What was read but not yet answered for is not done.
  const show = (): void => {
    const read = text.totalBytes === 0 ? 1 : text.readBytes() / text.totalBytes;
    progress.update((read * (accepted + refused)) / Math.max(taken, 1), accepted, note);
  };
  const refuse = (refusal: Refusal): void => {
    refused++;
    reasons[refusal.code] = (reasons[refusal.code] ?? 0) + 1;
    if (refusals.length < KEPT_REFUSALS) refusals.push(refusal);
  };
  const lanes = new SendLanes(
    { lanes: options.concurrency, maxEvents: options.batch, maxBytes: MAX_BATCH_BYTES },
    async (calls) => {
      const rejected = await sendBatch(calls, {
        connection: options.connection,
        writeKey: options.writeKey,
        onRetry(reason) {
          retries++;
          note = reason;
          show();
        },
      });
      note = "";
      for (const refusal of rejected) refuse(refusal);
      accepted += calls.length - rejected.length;
      show();
    },
  );
  show();
  try {
    for await (const calls of readCalls(text, options.map)) {
      for (const call of calls) {
        taken++;
        if ("code" in call) refuse(call);
        else await lanes.add(call);
      }
    }
    await lanes.end();
  } catch (error) {
    progress.finish();
    if (accepted > 0)
      terminal.say(
        `${groupDigits(accepted)} events had been accepted. Replaying the file again is safe: they are recognised.`,
      );
    throw error;
  }
  refusals.sort((a, b) => a.line - b.line);
  return { accepted, refused, reasons, refusals, retries, seconds: progress.finish() };
}
