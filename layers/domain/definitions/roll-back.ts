import type { DefinitionChange, DefinitionDiff } from "#events/admin-api/definitions.ts";
import type { Bundle, StoredDefinition } from "./bundle.ts";
import { canonicalJson } from "./canonical-json.ts";
import { type ChangeFault, changeDefinitions } from "./change-definitions.ts";

/** What a rollback leaves as it is, and what it brings back, of the sources: their write keys are in clients that no
 *  rollback reaches. By name. */
export interface RolledSources {
  /** Made since: kept, unless they were to go too. */
  readonly kept: readonly string[];
  /** Made since, and removed because that was asked for: their keys are refused from now on. */
  readonly removed: readonly string[];
  /** Removed since: there again, with the write key that they had. */
  readonly restored: readonly string[];
  /** Given another write key since: the key of now stays, for the one before may have leaked. */
  readonly rotated: readonly string[];
}

export type RolledBack =
  | {
      readonly ok: true;
      /** The next version; the very bundle that came in where nothing changes. */
      readonly bundle: Bundle;
      readonly diffs: readonly DefinitionDiff[];
      readonly sources: RolledSources;
    }
  | { readonly ok: false; readonly faults: readonly ChangeFault[] };

/** Makes the next version of a bundle equal to an earlier one, as one change set. Thresholds of quantiles are of the
 *  population and not of the version: they stay. `sources: true` removes the sources that were made since. `at` is now.
 *  Pure. */
export function rollBack(bundle: Bundle, earlier: Bundle, options: { sources: boolean }, at: number): RolledBack {
  const now = new Map(bundle.definitions.map((stored) => [idOf(stored), stored]));
  const then = new Map(earlier.definitions.map((stored) => [idOf(stored), stored]));
  const madeSince = bundle.definitions.filter((stored) => !then.has(idOf(stored)));
  const newSources = madeSince.filter(({ kind }) => kind === "source").map(({ name }) => name);
  const changes: DefinitionChange[] = [
    ...earlier.definitions
      .filter((stored) => canonicalJson(now.get(idOf(stored))?.definition) !== canonicalJson(stored.definition))
      .map(({ kind, name, definition }) => ({ op: "put" as const, kind, name, definition })),
    ...madeSince
      .filter(({ kind }) => kind !== "source" || options.sources)
      .map(({ kind, name }) => ({ op: "remove" as const, kind, name })),
  ];
  const changed = changeDefinitions(bundle, changes, () => ({ key: "", hash: "" }), at);
  if (!changed.ok) return changed;
  const wereSources = earlier.definitions.filter(({ kind }) => kind === "source");
  const restored = wereSources.filter((stored) => !now.has(idOf(stored)));
  return {
    ok: true,
    bundle: changed.bundle === bundle ? bundle : withKeys(changed.bundle, restored),
    // No key was made: a source that is there again has the one that it had.
    diffs: changed.diffs.map(({ writeKey: _, ...diff }) => diff),
    sources: {
      kept: options.sources ? [] : newSources,
      removed: options.sources ? newSources : [],
      restored: restored.map(({ name }) => name),
      rotated: wereSources
        .filter((stored) => now.has(idOf(stored)) && now.get(idOf(stored))?.keyHash !== stored.keyHash)
        .map(({ name }) => name),
    },
  };
}

function withKeys(bundle: Bundle, restored: readonly StoredDefinition[]): Bundle {
  const hashes = new Map(restored.map((stored) => [idOf(stored), stored.keyHash]));
  const definitions = bundle.definitions.map((stored): StoredDefinition => {
    const keyHash = hashes.get(idOf(stored));
    return keyHash === undefined ? stored : { ...stored, keyHash };
  });
  return { ...bundle, definitions };
}

function idOf({ kind, name }: Pick<StoredDefinition, "kind" | "name">): string {
  return `${kind}/${name}`;
}
