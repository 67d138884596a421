import * as z from "zod";
import type { WorkItem, WorkStore } from "#domain/ports/work-store.ts";

/** What a document of work holds of its lease; everything else in its body is the job's own. */
const Leased = z.looseObject({
  lease: z.object({ owner: z.string(), until: z.number() }).optional(),
});

/** Who asks: an id of this one invocation, and until when it means to hold what it gets, from `now` on. */
export interface Leaseholder {
  readonly owner: string;
  readonly now: number;
  readonly leaseMs: number;
}

/** Takes the lease of a slice, of which nothing need be stored yet. Gives back the document as it is now stored, with
 *  the body that the holder before left; undefined where another holds it still, or was faster. A lease keeps work from
 *  being done by two at once: what must not be done twice has to be safe without it. */
export async function acquireLease(
  work: WorkStore,
  { job, slice }: Pick<WorkItem, "job" | "slice">,
  by: Leaseholder,
): Promise<WorkItem | undefined> {
  const stored = await work.find(job, slice);
  const before = Leased.parse(stored?.body ?? {});
  if (before.lease && before.lease.until > by.now && before.lease.owner !== by.owner) return undefined;
  return write(work, stored ?? { job, slice, revision: 0, body: {} }, before, by);
}

/** Holds the lease for another while, and keeps what `changes` says of the body: a checkpoint. Undefined where the lease
 *  was lost to another, who goes on from the last checkpoint. */
export async function renewLease(
  work: WorkStore,
  held: WorkItem,
  by: Leaseholder,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<WorkItem | undefined> {
  return write(work, held, { ...Leased.parse(held.body), ...changes }, by);
}

/** Gives the lease back, with the last of what `changes` says. Where it was lost meanwhile, nothing is written. */
export async function releaseLease(
  work: WorkStore,
  held: WorkItem,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<"saved" | "conflict"> {
  const { lease: _over, ...body } = Leased.parse(held.body);
  return work.save({ ...held, revision: held.revision + 1, body: { ...body, ...changes } });
}

async function write(
  work: WorkStore,
  before: WorkItem,
  body: Readonly<Record<string, unknown>>,
  { owner, now, leaseMs }: Leaseholder,
): Promise<WorkItem | undefined> {
  const next = { ...before, revision: before.revision + 1, body: { ...body, lease: { owner, until: now + leaseMs } } };
  if ((await work.save(next)) === "saved") return next;
  // The write may have been made and its answer lost: then the document says that it is ours.
  const stored = await work.find(next.job, next.slice);
  const isOurs = stored?.revision === next.revision && Leased.parse(stored.body).lease?.owner === owner;
  return isOurs ? next : undefined;
}
