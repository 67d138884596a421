import type { Bundle } from "#domain/definitions/bundle.ts";
import type { DefinitionStore } from "#domain/ports/definition-store.ts";

/** Definitions in memory, as the JSON that a real store would keep. `commits` counts the versions written. */
export function makeMemoryDefinitionStore(): DefinitionStore & { commits: () => number } {
  const log: string[] = [];
  const read = (version: number): Bundle | undefined => {
    if (version === 0) return { version: 0, definitions: [] };
    const text = log[version - 1];
    return text === undefined ? undefined : (JSON.parse(text) as Bundle);
  };
  return {
    commits: () => log.length,
    current: async () => read(log.length) ?? { version: 0, definitions: [] },
    currentVersion: async () => log.length,
    at: async (version) => read(version),
    commit: async (bundle) => {
      if (bundle.version !== log.length + 1) return "conflict";
      log.push(JSON.stringify(bundle));
      return "committed";
    },
  };
}
