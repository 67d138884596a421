import * as z from "zod";
import type { WorkStore } from "#domain/ports/work-store.ts";

const KEPT_MS = 7 * 24 * 3_600_000;
const SLICE = "result";

/** A test message as it is remembered: never with its address. */
const TestRecord = z.object({
  template: z.string(),
  channel: z.string(),
  /** The channel definition. */
  by: z.string(),
  requestedBy: z.string(),
  requestedAt: z.number(),
  /** `sending`: a worker has it and may be calling the provider; after `until` nobody knows what became of it. */
  state: z.enum(["queued", "sending", "sent", "failed", "unknown"]),
  /** Why it failed, or why nobody knows. */
  code: z.string().optional(),
  providerId: z.string().optional(),
  /** When `state` was last written: milliseconds since 1970. */
  at: z.number(),
  until: z.number().optional(),
});
export type TestRecord = z.infer<typeof TestRecord>;

/** A record with the revision that a write must follow. */
export interface StoredTest {
  readonly record: TestRecord;
  readonly revision: number;
}

/** Strongly consistent. Throws StoreUnavailableError. */
export async function findTest(work: Pick<WorkStore, "find">, id: string): Promise<StoredTest | undefined> {
  const stored = await work.find(jobOf(id), SLICE);
  return stored && { record: TestRecord.parse(stored.body), revision: stored.revision };
}

/** Writes a record for a week, where its revision is the next one. Throws StoreUnavailableError. */
export async function saveTest(
  work: Pick<WorkStore, "save">,
  id: string,
  { record, revision }: StoredTest,
): Promise<"saved" | "conflict"> {
  const expiresAt = record.requestedAt + KEPT_MS;
  return work.save({ job: jobOf(id), slice: SLICE, revision, body: record, expiresAt });
}

/** A record as of `now`: what a worker took and never told of is `unknown`. Pure. */
export function settleTest(record: TestRecord, now: number): TestRecord {
  if (record.state !== "sending" || record.until === undefined || now <= record.until) return record;
  return { ...record, state: "unknown", code: "answer_lost", at: record.until };
}

function jobOf(id: string): string {
  return `test-send#${id}`;
}
