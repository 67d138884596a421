import * as z from "zod";
import type { WorkItem } from "#domain/ports/work-store.ts";
import type { MembershipKey, ProfileId } from "#domain/profile/state.ts";
import { ImportFormat, ImportMode, ImportRowError } from "#events/admin-api/imports.ts";

/** Imports are documents of this job, newest first: their ids count down to the end of time. */
export const IMPORT_JOB = "imports";
/** As long as the bucket keeps the file and its errors. */
const KEPT_MS = 30 * 86_400_000;
const END_OF_TIME_MS = 9_999_999_999_999;

const Counts = z.object({ read: z.int(), applied: z.int(), unchanged: z.int(), refused: z.int() });
const Part = z.object({ name: z.string(), bytes: z.int() });

/** An import as the Work table holds it: what was asked, and the last checkpoint. Counts and parts are those of the rows
 *  before `at`, neither more nor less. */
const ImportJob = z.object({
  importId: z.string(),
  name: z.string().optional(),
  format: ImportFormat,
  key: z.string().transform((key) => key as MembershipKey),
  mode: ImportMode,
  columns: z.array(z.object({ column: z.string(), identifier: z.string() })),
  delimiter: z.string(),
  sha256: z.string().optional(),
  by: z.string(),
  createdAt: z.number(),
  startedAt: z.number().optional(),
  finishedAt: z.number().optional(),
  status: z.enum(["waiting", "running", "done", "failed", "stopped"]),
  /** Somebody asked the worker to stop. */
  stopping: z.boolean().optional(),
  phase: z.enum(["checking", "applying", "removing", "reporting"]),
  file: z.object({ bytes: z.int(), etag: z.string() }).optional(),
  /** Where the columns stand in a CSV file. */
  header: z.object({ columns: z.array(z.int()), width: z.int() }).optional(),
  total: z.int().optional(),
  at: z.object({ offset: z.int(), row: z.int() }),
  rows: Counts,
  errors: z.record(z.string(), z.int()),
  firstErrors: z.array(ImportRowError),
  /** Refused rows, and hashes of the people whom the file names, as objects of the bucket. */
  errorParts: z.array(Part),
  peopleParts: z.array(Part),
  /** `replace`: who is to be taken out next, and where the list of members goes on. */
  leaving: z
    .object({
      people: z.array(z.string().transform((id) => id as ProfileId)),
      cursor: z.string().optional(),
      isLast: z.boolean(),
    })
    .optional(),
  removed: z.int(),
  /** Attempts that failed since the last checkpoint. */
  setbacks: z.int(),
  failure: z
    .object({ code: z.string(), message: z.string(), row: z.int().optional(), column: z.string().optional() })
    .optional(),
});
export type ImportJob = z.infer<typeof ImportJob>;

/** Reads a stored import; the lease beside it is not its own. */
export function readJob(item: Pick<WorkItem, "body">): ImportJob {
  return ImportJob.parse(item.body);
}

/** An id that sorts before those of older imports. `unique` tells apart what began in the same millisecond. */
export function importIdOf(now: number, unique: string): string {
  return `im_${String(END_OF_TIME_MS - now).padStart(13, "0")}${unique}`;
}

export function expiryOf({ createdAt }: Pick<ImportJob, "createdAt">): number {
  return createdAt + KEPT_MS;
}

/** Nothing will move it any more, unless somebody starts a stopped one again. */
export function isOver({ status }: Pick<ImportJob, "status">): boolean {
  return status === "done" || status === "failed" || status === "stopped";
}
