import * as z from "zod";
import type { WorkItem, WorkStore } from "#domain/ports/work-store.ts";

/** Everything that fell due before this instant has been seen to. */
const Watermark = z.object({ at: z.number() });
const PLACE = { job: "wake", slice: "watermark" } as const;
/** A row may land later than its instant, and a read may miss what was written just now: each look goes back this far. */
const LOOK_BACK_MS = 3_600_000;

/** Where no look has ever come to its end. */
const FIRST_LOOK_BACK_MS = 7 * 86_400_000;

/** From where to look, and the document that says so. */
export async function readWatermark(
  work: WorkStore,
  now: number,
): Promise<{ from: number; stored: WorkItem | undefined }> {
  const stored = await work.find(PLACE.job, PLACE.slice);
  const { at } = Watermark.parse(stored?.body ?? { at: now - FIRST_LOOK_BACK_MS });
  return { from: Math.min(at, now - LOOK_BACK_MS), stored };
}

/** Moves the watermark, unless another look has done so meanwhile: that one saw what this one saw, or more. */
export async function moveWatermark(work: WorkStore, stored: WorkItem | undefined, at: number): Promise<void> {
  await work.save({ ...PLACE, revision: (stored?.revision ?? 0) + 1, body: { at } });
}
