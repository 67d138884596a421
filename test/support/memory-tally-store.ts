import type { TallyStore } from "#domain/ports/tally-store.ts";

/** Objects in memory, as the JSON that a bucket would hold. */
export function makeMemoryTallyStore(): TallyStore & { names(): string[] } {
  const objects = new Map<string, string>();
  return {
    names: () => [...objects.keys()].toSorted(),
    write: async (name, value) => {
      objects.set(name, JSON.stringify(value));
    },
    read: async (name) => {
      const text = objects.get(name);
      if (text === undefined) throw new Error(`no object ${name}`);
      return JSON.parse(text) as unknown;
    },
  };
}
