import type { Bundle } from "#domain/definitions/bundle.ts";
import type { CommitNote, DefinitionStore } from "#domain/ports/definition-store.ts";

/** Definitions in memory, as the JSON that a real store would keep. `commits` counts the versions written. */
export function makeMemoryDefinitionStore(): DefinitionStore & { commits: () => number } {
  const log: string[] = [];
  const notes: (CommitNote | undefined)[] = [];
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
    versions: async ({ before = log.length + 1, limit }) => {
      const numbers = Array.from({ length: before - 1 }, (_, n) => before - 1 - n);
      const versions = numbers.slice(0, limit).map((version) => {
        const note = notes[version - 1];
        return { version, ...(note && { note }) };
      });
      const last = versions.at(-1);
      return { versions, ...(numbers.length > limit && last && { before: last.version }) };
    },
    commit: async (bundle, note) => {
      if (bundle.version !== log.length + 1) return "conflict";
      log.push(JSON.stringify(bundle));
      notes.push(note);
      return "committed";
    },
  };
}
