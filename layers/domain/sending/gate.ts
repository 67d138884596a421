import * as z from "zod";
import type { WorkStore } from "#domain/ports/work-store.ts";
import { admit, type Breaker, CLOSED, noteSigns, type Sign } from "./breaker.ts";
import { takeSlots } from "./pace.ts";

/** Whoever loses a race was overtaken by another: as many times as there are workers, at worst. */
const ATTEMPTS = 200;
const SLICE = "gate";

const StoredBreaker = z.discriminatedUnion("state", [
  z.object({ state: z.literal("closed"), failures: z.int() }),
  z.object({ state: z.literal("open"), restsUntil: z.number(), rests: z.int() }),
  z.object({
    state: z.literal("half-open"),
    probe: z.object({ owner: z.string(), until: z.number() }),
    rests: z.int(),
  }),
]);
/** What all workers of one provider share: the schedule and the breaker, in one document of the Work table. */
const Gate = z.object({ nextAt: z.number(), breaker: StoredBreaker });
export type Gate = z.infer<typeof Gate>;

/** Every race for a provider's schedule was lost. */
export class GateBusyError extends Error {
  override readonly name = "GateBusyError";
  readonly code = "gate_busy";
  readonly retriable = true;
}

export interface Passage {
  /** When each admitted message may leave, the first first. */
  readonly at: readonly number[];
  /** When the others may ask again. */
  readonly retryAt: number;
  /** True where the provider has answered all that it was given: nothing need be said of it if it goes on. */
  readonly isSound: boolean;
  /** True where they are kept back because the provider is dead, not because of its rate. */
  readonly isClosed: boolean;
}

export interface Applicant {
  readonly owner: string;
  readonly wanted: number;
  readonly intervalMs: number;
  readonly now: number;
  readonly horizonMs: number;
  readonly probeMs: number;
}

/** Asks a provider's gate to let messages through: one read and one conditional write, however many they are. Throws
 *  GateBusyError, StoreUnavailableError. */
export async function passGate(work: WorkStore, provider: string, by: Applicant): Promise<Passage> {
  return changeGate(work, provider, (gate) => {
    const admission = admit(gate.breaker, by);
    if (admission.kind === "none") {
      return { result: { at: [], isSound: false, retryAt: admission.until, isClosed: true } };
    }
    const isProbe = admission.kind === "probe";
    const slots = takeSlots(gate.nextAt, { ...by, wanted: isProbe ? Math.min(1, by.wanted) : by.wanted });
    const retryAt = isProbe ? by.now + by.probeMs : Math.max(by.now, slots.nextAt - by.horizonMs);
    const isSound = gate.breaker.state === "closed" && gate.breaker.failures === 0;
    const result = { at: slots.at, isSound, retryAt, isClosed: isProbe };
    if (slots.at.length === 0) return { result: { ...result, retryAt: slots.nextAt - by.horizonMs } };
    const breaker = admission.kind === "probe" ? admission.breaker : gate.breaker;
    return { result, next: { nextAt: slots.nextAt, breaker } };
  });
}

/** Tells the gate what became of the messages that it let through, oldest first; writes only where that changes
 *  anything. Gives back the breaker before and after. */
export async function reportSigns(
  work: WorkStore,
  provider: string,
  signs: readonly Sign[],
  by: { readonly owner: string; readonly now: number },
): Promise<{ readonly before: Breaker["state"]; readonly after: Breaker["state"] }> {
  return changeGate(work, provider, (gate) => {
    const breaker = noteSigns(gate.breaker, signs, by);
    const result = { before: gate.breaker.state, after: breaker.state };
    return breaker === gate.breaker ? { result } : { result, next: { ...gate, breaker } };
  });
}

/** A provider's gate as it stands. */
export async function readGate(work: Pick<WorkStore, "find">, provider: string): Promise<Gate> {
  return gateOf((await work.find(jobOf(provider), SLICE))?.body);
}

async function changeGate<Result>(
  work: WorkStore,
  provider: string,
  change: (gate: Gate) => { readonly result: Result; readonly next?: Gate },
): Promise<Result> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const stored = await work.find(jobOf(provider), SLICE);
    const { result, next } = change(gateOf(stored?.body));
    if (!next) return result;
    const item = { job: jobOf(provider), slice: SLICE, revision: (stored?.revision ?? 0) + 1, body: next };
    if ((await work.save(item)) === "saved") return result;
  }
  throw new GateBusyError(provider);
}

function gateOf(body: unknown): Gate {
  return body === undefined ? { nextAt: 0, breaker: CLOSED } : Gate.parse(body);
}

function jobOf(provider: string): string {
  return `channel#${provider}`;
}
