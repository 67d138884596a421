import type { Bundle } from "#domain/definitions/bundle.ts";
import type { DefinitionStore } from "#domain/ports/definition-store.ts";

/** The definitions cannot be read, and none that are recent enough are at hand. */
export class DefinitionsUnavailableError extends Error {
  override readonly name = "DefinitionsUnavailableError";
  readonly code = "definitions_unavailable";
  readonly retriable = true;
}

/** Definitions in force, compiled to what a function asks of them. */
export interface CompiledDefinitions<Compiled> {
  /** The definitions in force, at most `maxAgeMs` old. While the store does not answer, the last known ones serve, for as
   *  long as `mayServeMs` says. */
  get(): Promise<Compiled>;
  /** The definitions of `version` or a later one, re-read if need be: two versions must never alternate on a person. */
  atLeast(version: number): Promise<Compiled>;
}

/** Compiled definitions, once per function instance. After `maxAgeMs` it asks which version is in force, which is one
 *  small read; only a new version is loaded and compiled. `now` is in milliseconds. */
export function keepDefinitions<Compiled extends { readonly version: number }>({
  store,
  compile,
  maxAgeMs,
  mayServeMs = Number.POSITIVE_INFINITY,
  now,
}: {
  store: DefinitionStore;
  compile: (bundle: Bundle) => Compiled;
  maxAgeMs: number;
  mayServeMs?: number;
  now: () => number;
}): CompiledDefinitions<Compiled> {
  let known: Compiled | undefined;
  let checkedAt = Number.NEGATIVE_INFINITY;
  let pending: Promise<Compiled> | undefined;

  async function read(): Promise<Compiled> {
    const startedAt = now();
    const isCurrent = known !== undefined && (await store.currentVersion()) === known.version;
    if (!isCurrent || known === undefined) known = compile(await store.current());
    checkedAt = startedAt;
    return known;
  }

  /** Requests that arrive together share one read. */
  async function refresh(): Promise<Compiled> {
    pending ??= read().finally(() => {
      pending = undefined;
    });
    try {
      return await pending;
    } catch (cause) {
      throw new DefinitionsUnavailableError("the definitions cannot be read", { cause });
    }
  }

  /** A steered clock may go backwards; what was checked "later" is then not fresh either. */
  const isYoungerThan = (ageMs: number) => now() >= checkedAt && now() - checkedAt < ageMs;
  const isFresh = () => isYoungerThan(maxAgeMs);

  return {
    async get() {
      if (known !== undefined && isFresh()) return known;
      try {
        return await refresh();
      } catch (error) {
        if (known !== undefined && (mayServeMs === Number.POSITIVE_INFINITY || isYoungerThan(mayServeMs))) return known;
        throw error;
      }
    },
    async atLeast(version) {
      if (known !== undefined && known.version >= version && isFresh()) return known;
      const current = await refresh();
      if (current.version >= version) return current;
      throw new DefinitionsUnavailableError(`version ${version} of the definitions is not there yet`);
    },
  };
}
