import type { WorkItem, WorkStore } from "#domain/ports/work-store.ts";
import { acquireLease, releaseLease, renewLease } from "#domain/work/lease.ts";
import { expiryOf, IMPORT_JOB, type ImportJob, readJob } from "./import-job.ts";

/** Longer than the time between two checkpoints; a worker that says nothing for so long is replaced. */
export const IMPORT_LEASE_MS = 60_000;

/** The import is no longer this worker's: another took it over, or somebody stopped it. */
export class ImportLostError extends Error {
  override readonly name = "ImportLostError";
}

/** An import that one worker holds: it alone writes its checkpoints. */
export class HeldImport {
  readonly #work: WorkStore;
  readonly #owner: string;
  readonly #now: () => number;
  #item: WorkItem;
  #job: ImportJob;

  private constructor(work: WorkStore, owner: string, now: () => number, item: WorkItem) {
    this.#work = work;
    this.#owner = owner;
    this.#now = now;
    this.#item = item;
    this.#job = readJob(item);
  }

  /** Undefined where there is nothing to do, or another worker is doing it. */
  static async take(
    work: WorkStore,
    importId: string,
    by: { readonly owner: string; readonly now: () => number },
  ): Promise<HeldImport | undefined> {
    const key = { job: IMPORT_JOB, slice: importId };
    const stored = await work.find(key.job, key.slice);
    if (!stored || readJob(stored).status !== "running") return undefined;
    const item = await acquireLease(work, key, { owner: by.owner, now: by.now(), leaseMs: IMPORT_LEASE_MS });
    // It may have ended, or been stopped, between the two reads.
    if (!item || readJob(item).status !== "running") return undefined;
    const held = new HeldImport(work, by.owner, by.now, item);
    if (held.job.stopping) await held.finish({ status: "stopped" });
    return held.job.status === "running" ? held : undefined;
  }

  /** As of the last checkpoint. */
  get job(): ImportJob {
    return this.#job;
  }

  /** Writes how far it is, and holds it for another while. Throws ImportLostError. */
  async checkpoint(changes: Partial<ImportJob>): Promise<void> {
    const job = { ...this.#job, ...changes, setbacks: 0 };
    const by = { owner: this.#owner, now: this.#now(), leaseMs: IMPORT_LEASE_MS };
    const saved = await renewLease(this.#work, this.#item, by, job);
    if (saved) {
      this.#item = saved;
      this.#job = job;
      return;
    }
    await this.#stopIfAsked(job);
    throw new ImportLostError(job.importId);
  }

  /** Writes the last of it and gives it back: it has ended, or goes on elsewhere. Throws ImportLostError. */
  async finish(changes: Partial<ImportJob>): Promise<void> {
    const { stopping: _done, ...job } = { ...this.#job, ...changes };
    const item = { ...this.#item, expiresAt: expiryOf(job), body: { lease: undefined } };
    if ((await releaseLease(this.#work, item, job)) === "conflict") {
      await this.#stopIfAsked(job);
      throw new ImportLostError(job.importId);
    }
    this.#job = job;
  }

  /** Somebody who asks for a stop writes nothing else, so what was done since is still true and is kept. */
  async #stopIfAsked(job: ImportJob): Promise<void> {
    const stored = await this.#work.find(IMPORT_JOB, job.importId);
    if (!stored || stored.revision !== this.#item.revision + 1 || readJob(stored).stopping !== true) return;
    const status = job.status === "running" ? "stopped" : job.status;
    const { stopping: _done, ...rest } = { ...job, status } as const;
    await this.#work.save({ ...stored, revision: stored.revision + 1, body: { ...rest, finishedAt: this.#now() } });
  }
}
