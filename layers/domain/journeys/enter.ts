import { createHash } from "node:crypto";
import type { ProfileId } from "#domain/profile/state.ts";
import { holdsIn } from "#domain/rules/verdict.ts";
import type { Walker } from "./advance.ts";
import type { CompiledJourney } from "./compile-journey.ts";
import { drawShare } from "./draw.ts";
import { type EntryCause, type Run, runIdOf } from "./run.ts";

/** Live runs that one person may have, and runs that one may begin within 30 days: a look at a person reads all that are
 *  kept. A journey that lets somebody in at every click then keeps nobody out of the others for longer than that. */
const MAX_LIVE_RUNS = 25;
const MAX_RECENT_RUNS = 500;
const RECENT_MS = 30 * 24 * 3_600_000;

/** Who did something longer ago than this is not reached as if it were now: back-dated files, a very long outage. */
const MAX_TRIGGER_AGE_MS = 3 * 24 * 3_600_000;

/** Remembers that a person has used up a `once`: a conditional item that names the entry, written before the run. */
export interface Gate {
  readonly journey: string;
  readonly profileId: ProfileId;
  /** `ever`, `per-time`, `property:<value>`. */
  readonly key: string;
  readonly entryKey: string;
  readonly at: number;
  /** An older gate of the same key stands in the way until this much later; Infinity: for good. */
  readonly reopensAfterMs: number;
}

export type EntryRefusal = "journey_not_live" | "trigger_too_old" | "entry_rule" | "property_missing" | "too_many_runs";

export type PlannedEntry =
  | { readonly enters: true; readonly run: Run; readonly gate?: Gate }
  | { readonly enters: false; readonly why: EntryRefusal };

/** Who is to enter. */
export interface Entrant {
  readonly profileId: ProfileId;
  /** Whom the trigger named: the same person, or one who was merged into this one since. The run's id keeps it, so that
   *  a trigger which comes again after the merge gives the same run. */
  readonly namedAs?: ProfileId;
  readonly liveRuns: number;
  /** Those entered within 30 days, whether they have ended or not. */
  readonly recentRuns: number;
}

/** What bounds the entry of somebody who has these runs. Pure. */
export function countRuns(runs: readonly Run[], now: number): Pick<Entrant, "liveRuns" | "recentRuns"> {
  return {
    liveRuns: runs.filter(({ outcome }) => !outcome).length,
    recentRuns: runs.filter(({ enteredAt }) => enteredAt > now - RECENT_MS).length,
  };
}

/** Plans the entry of a person whom a trigger has named. `entryKey` tells this occasion from every other: the fact's id,
 *  or the occasion of a schedule or an anniversary, so that a trigger delivered again gives the same run. Pure. */
export function planEntry(journey: CompiledJourney, person: Entrant, cause: EntryCause, walker: Walker): PlannedEntry {
  if (journey.state !== "live") return { enters: false, why: "journey_not_live" };
  const enteredAt = Math.min(cause.event?.at ?? cause.at ?? walker.now, walker.now);
  if (walker.now - enteredAt > MAX_TRIGGER_AGE_MS) return { enters: false, why: "trigger_too_old" };
  if (journey.entryRule && !holdsIn(journey.entryRule.judge(walker.subject)))
    return { enters: false, why: "entry_rule" };
  if (person.liveRuns >= MAX_LIVE_RUNS || person.recentRuns >= MAX_RECENT_RUNS)
    return { enters: false, why: "too_many_runs" };
  const gate = gateOf(journey, person.profileId, cause, walker.now);
  if (gate === "property_missing") return { enters: false, why: "property_missing" };
  const heldOut = drawShare(`holdout ${journey.name}`, person.profileId) < journey.holdout;
  const run: Run = {
    id: runIdOf(journey.name, person.namedAs ?? person.profileId, cause.factId),
    journey: journey.name,
    definitionVersion: journey.version,
    profileId: person.profileId,
    entryKey: cause.factId,
    enteredAt,
    cause,
    next: 0,
    arms: [],
    consumed: [cause.factId],
    visited: [],
    ...(heldOut && { outcome: { kind: "held-out", at: walker.now } }),
  };
  return { enters: true, run, ...(gate && { gate }) };
}

/** Whether a gate lets an entry pass that stands there already: the same entry always, another once it has reopened. */
export function passesGate(standing: Gate, wanted: Gate): boolean {
  return standing.entryKey === wanted.entryKey || wanted.at >= standing.at + wanted.reopensAfterMs;
}

function gateOf(
  { name, once }: CompiledJourney,
  profileId: ProfileId,
  { factId, event }: EntryCause,
  at: number,
): Gate | "property_missing" | undefined {
  if (!once) return undefined;
  const base = { journey: name, profileId, entryKey: factId, at };
  if (once.kind === "ever") return { ...base, key: "ever", reopensAfterMs: Number.POSITIVE_INFINITY };
  if (once.kind === "per-time") return { ...base, key: "per-time", reopensAfterMs: once.ms };
  const value = event?.properties?.[once.property];
  if (typeof value !== "string" && typeof value !== "number") return "property_missing";
  return { ...base, key: `property:${shorten(String(value))}`, reopensAfterMs: Number.POSITIVE_INFINITY };
}

/** A gate's key is part of the key of an item. */
function shorten(value: string): string {
  return value.length <= 64 ? value : createHash("sha256").update(value).digest("base64url");
}
