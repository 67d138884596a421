import * as z from "zod";

/** One slice of one phase of a run. */
export const SliceMessage = z.object({
  runId: z.string().min(1).max(64),
  phase: z.enum(["thresholds", "everyone", "tags", "mend", "missing"]),
  slice: z.int().min(0).max(99_999),
});
