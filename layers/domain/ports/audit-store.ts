/** One administrative change. It is recorded before the change as `attempted` and again, under the same id, once the
 *  outcome is known: an entry that stayed `attempted` tells that nobody saw the end of it. */
export interface AuditEntry {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Name of the token that asked, never the token. */
  readonly actor: string;
  readonly role: string;
  /** `definitions.apply`, `tag.put`, `token.create`… */
  readonly action: string;
  /** What was changed: `tag/frequent-buyer`, a profile id, an object. */
  readonly target: string;
  readonly requestId: string;
  readonly outcome: "attempted" | "done" | "failed";
  /** Names and counts; never secrets. */
  readonly details?: unknown;
}

export interface AuditStore {
  /** Writes the entry, replacing one of the same instant and id. */
  record(entry: AuditEntry): Promise<void>;
  /** Newest first. `from` and `to` are instants, both inclusive. */
  list(query: { from: number; to: number; cursor?: string; limit: number }): Promise<{
    entries: AuditEntry[];
    cursor?: string;
  }>;
}
