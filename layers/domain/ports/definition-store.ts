import type { Bundle } from "#domain/definitions/bundle.ts";

export interface DefinitionStore {
  /** The bundle in force; version 0 with no definitions where none was ever written. Strongly consistent. */
  current(): Promise<Bundle>;
  /** The version in force, cheaper than the bundle. */
  currentVersion(): Promise<number>;
  /** The bundle as it was at an earlier version. */
  at(version: number): Promise<Bundle | undefined>;
  /** Makes `bundle` the one in force if the version in force is still `bundle.version - 1`. */
  commit(bundle: Bundle): Promise<"committed" | "conflict">;
}
