import type { Bundle } from "#domain/definitions/bundle.ts";

/** Who changed the definitions, when (milliseconds since 1970) and which ones. Kept in the log beside the version. */
export interface CommitNote {
  readonly at: number;
  readonly by: string;
  readonly changes: readonly string[];
  /** What led to it, where the names alone do not tell: `rollback to 7`. */
  readonly reason?: string;
}

/** A version that is or was in force. */
export interface DefinitionVersion {
  readonly version: number;
  /** Absent where nobody left one. */
  readonly note?: CommitNote;
}

export interface DefinitionStore {
  /** The bundle in force; version 0 with no definitions where none was ever written. Strongly consistent. */
  current(): Promise<Bundle>;
  /** The version in force, cheaper than the bundle. */
  currentVersion(): Promise<number>;
  /** The bundle as it was at an earlier version. */
  at(version: number): Promise<Bundle | undefined>;
  /** The versions so far, newest first, without their bundles. `before` is where the page before ended. Strongly consistent. */
  versions(page: {
    readonly before?: number;
    readonly limit: number;
  }): Promise<{ versions: DefinitionVersion[]; before?: number }>;
  /** Makes `bundle` the one in force if the version in force is still `bundle.version - 1`. */
  commit(bundle: Bundle, note?: CommitNote): Promise<"committed" | "conflict">;
}
