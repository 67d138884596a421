import type { WorkItem, WorkStore } from "#domain/ports/work-store.ts";

/** What a run does, one after the other. `thresholds` only where a rule asks for a quantile; `mend` and `missing` only
 *  where the Tags table disagrees with what `everyone` has seen. */
export type PhaseName = "thresholds" | "everyone" | "tags" | "mend" | "missing";

export interface RunFigures {
  /** People that the scan of everyone has met. */
  readonly seen: number;
  readonly changed: number;
  /** Changes of memberships that were published. */
  readonly facts: number;
  /** Rows of the Tags table that were wrong or missing. */
  readonly repaired: number;
  /** People who could not be evaluated. */
  readonly failed: number;
}

export const NO_FIGURES: RunFigures = { seen: 0, changed: 0, facts: 0, repaired: 0, failed: 0 };

export function addFigures(a: RunFigures, b: RunFigures): RunFigures {
  return {
    seen: a.seen + b.seen,
    changed: a.changed + b.changed,
    facts: a.facts + b.facts,
    repaired: a.repaired + b.repaired,
    failed: a.failed + b.failed,
  };
}

export type RunReason = "nightly" | "definitions" | "request";

/** One pass over everyone, as it is stored. Instants are milliseconds since 1970. */
export interface Run {
  readonly runId: string;
  readonly status: "running" | "done" | "stopped" | "failed";
  readonly reason: RunReason;
  readonly by: string;
  readonly startedAt: number;
  /** No slice begins before: every function then has the definitions that started it. */
  readonly notBefore: number;
  readonly finishedAt?: number;
  readonly phase: PhaseName;
  readonly phaseStartedAt: number;
  readonly phaseSlices: number;
  /** The phase whose slices were all sent to the queue. */
  readonly sent?: PhaseName;
  /** Slices of a scan of everyone. */
  readonly slices: number;
  /** The definitions that everyone is evaluated by, or later ones. */
  readonly bundleVersion: number;
  /** When the run before began; absent: there was none. */
  readonly since?: number;
  /** People that the run before has seen. */
  readonly expected?: number;
  /** Of the phases that are over. */
  readonly figures: RunFigures;
  /** How often it was picked up after it had gone silent, and when last. */
  readonly resumed: number;
  readonly resumedAt?: number;
}

/** A run beside the revision that it was read at. */
export interface StoredRun {
  readonly run: Run;
  readonly revision: number;
}

/** Runs and their slices are forgotten after this: 90 days. */
const KEEP_MS = 90 * 86_400_000;

export async function findRun(work: WorkStore, runId: string): Promise<StoredRun | undefined> {
  const item = await work.find(`retier#${runId}`, "run");
  return item && { run: item.body as Run, revision: item.revision };
}

/** Writes the version of a run that follows the one read. Undefined where another writer was faster. */
export async function saveRun(work: WorkStore, run: Run, before?: StoredRun): Promise<StoredRun | undefined> {
  const revision = (before?.revision ?? 0) + 1;
  const item = { job: `retier#${run.runId}`, slice: "run", revision, body: run, expiresAt: run.startedAt + KEEP_MS };
  return (await work.save(item)) === "saved" ? { run, revision } : undefined;
}

/** How far one slice of a phase is. */
export interface Slice {
  readonly done?: boolean;
  /** Where it goes on; absent at the beginning and at the end. */
  readonly cursor?: string | undefined;
  /** The object that holds what it has tallied up to there. */
  readonly tally?: string;
  readonly figures?: RunFigures;
  /** The last sign of life. */
  readonly at?: number;
  readonly lease?: { readonly owner: string; readonly until: number };
}

/** Where the document of a slice lies. Each phase has slices of its own. */
export function placeOfSlice(runId: string, phase: PhaseName, slice: number): Pick<WorkItem, "job" | "slice"> {
  return { job: `retier#${runId}#${phase}`, slice: String(slice).padStart(5, "0") };
}

/** Every slice of the run's phase that was begun, by number. */
export async function listSlices(work: WorkStore, { runId, phase }: Run): Promise<Map<number, Slice>> {
  const slices = new Map<number, Slice>();
  const { job } = placeOfSlice(runId, phase, 0);
  let cursor: string | undefined;
  do {
    const page = await work.list(job, { limit: 500, ...(cursor !== undefined && { cursor }) });
    for (const { slice, body } of page.items) slices.set(Number(slice), body as Slice);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return slices;
}

/** The name of an object that a run keeps. */
export function objectOf(runId: string, name: string): string {
  return `retier/${runId}/${name}`;
}
