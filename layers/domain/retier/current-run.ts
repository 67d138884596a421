import type { WorkStore } from "#domain/ports/work-store.ts";
import type { RunReason } from "./run.ts";

/** Runs that are remembered by name. */
const MAX_REMEMBERED = 50;

/** What a run is begun from. */
export interface RunOrder {
  readonly runId: string;
  readonly reason: RunReason;
  readonly by: string;
  readonly startedAt: number;
  readonly notBefore: number;
}

/** Which run is the newest: there is at most one that goes on. */
export interface CurrentRun {
  /** The newest run. It is begun from this by whoever first finds that it is not there yet. */
  readonly order: RunOrder;
  /** Another is wanted after it: definitions changed while it ran. */
  readonly again?: Omit<RunOrder, "runId" | "startedAt">;
  /** The last run that came to its end. */
  readonly lastDone?: { readonly runId: string; readonly startedAt: number; readonly people: number };
  /** Newest first. */
  readonly runIds: readonly string[];
}

export interface StoredCurrent {
  readonly current: CurrentRun;
  readonly revision: number;
}

export async function findCurrent(work: WorkStore): Promise<StoredCurrent | undefined> {
  const item = await work.find("retier", "current");
  return item && { current: item.body as CurrentRun, revision: item.revision };
}

/** False where another writer was faster. */
export async function saveCurrent(work: WorkStore, current: CurrentRun, before?: StoredCurrent): Promise<boolean> {
  const revision = (before?.revision ?? 0) + 1;
  const body = { ...current, runIds: current.runIds.slice(0, MAX_REMEMBERED) };
  return (await work.save({ job: "retier", slice: "current", revision, body })) === "saved";
}
