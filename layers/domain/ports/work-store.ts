/** A document of a job: its plan, one of its slices, a watermark. */
export interface WorkItem {
  /** `retier`, `retier#<runId>`, `import#<importId>`, `wake`. */
  readonly job: string;
  readonly slice: string;
  /** 1 for the first write; each write is one more. */
  readonly revision: number;
  /** JSON, at most some 100 KB: what is larger lies in the bucket, and its name here. */
  readonly body: unknown;
  /** When it may be forgotten: milliseconds since 1970. Absent: never. */
  readonly expiresAt?: number;
}

/** Progress, leases and checkpoints of work that takes longer than one invocation. */
export interface WorkStore {
  /** Strongly consistent. */
  find(job: string, slice: string): Promise<WorkItem | undefined>;
  /** Writes if the stored revision is `revision - 1` (nothing stored counts as 0). */
  save(item: WorkItem): Promise<"saved" | "conflict">;
  /** Items of a job in the order of their slices, strongly consistent. */
  list(
    job: string,
    page: { readonly cursor?: string; readonly limit: number },
  ): Promise<{
    items: WorkItem[];
    cursor?: string;
  }>;
}
