import { type Gate, passesGate } from "#domain/journeys/enter.ts";
import type { Run } from "#domain/journeys/run.ts";
import { ENTRY_SHARDS, type RunStore, type StoredRun } from "#domain/ports/run-store.ts";

/** The Runs table in memory, runs kept as JSON as DynamoDB would. `all` gives every run, those moved away left out. */
export function makeMemoryRunStore(): RunStore & { all(): Run[] } {
  const runs = new Map<string, StoredRun>();
  const gates = new Map<string, Gate>();
  const copy = (stored: StoredRun) => JSON.parse(JSON.stringify(stored)) as StoredRun;
  const runKey = ({ profileId, journey, id }: Run) => `${profileId} ${journey} ${id}`;
  const gateKey = ({ profileId, journey, key }: Gate) => `${profileId} ${journey} ${key}`;
  return {
    all: () => [...runs.values()].map((stored) => copy(stored).run).filter(({ movedTo }) => movedTo === undefined),
    ofPerson: async (profileId) =>
      [...runs.entries()]
        .filter(([key]) => key.startsWith(`${profileId} `))
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([, stored]) => copy(stored)),
    save: async (stored) => {
      const key = runKey(stored.run);
      if ((runs.get(key)?.revision ?? 0) !== stored.revision - 1) return "conflict";
      runs.set(key, copy(stored));
      return "saved";
    },
    remove: async ({ run, revision }) => {
      if (runs.get(runKey(run))?.revision === revision) runs.delete(runKey(run));
    },
    passGate: async (gate) => {
      const standing = gates.get(gateKey(gate));
      if (standing && !passesGate(standing, gate)) return "closed";
      if (standing?.entryKey !== gate.entryKey) gates.set(gateKey(gate), { ...gate });
      return "passed";
    },
    entered: async ({ journey, shard, from, before }) => {
      const shardOf = (id: string) =>
        Array.from(id, (letter) => letter.charCodeAt(0)).reduce((sum, code) => sum + code, 0) % ENTRY_SHARDS;
      const all = [...runs.values()].map((stored) => copy(stored).run);
      return {
        runs: all.filter(
          (run) =>
            run.journey === journey &&
            run.movedTo === undefined &&
            shardOf(run.profileId) === shard &&
            run.enteredAt >= from &&
            run.enteredAt < before,
        ),
      };
    },
    gatesOf: async (profileId) => [...gates.values()].filter((gate) => gate.profileId === profileId),
    keepGate: async (gate) => {
      if ((gates.get(gateKey(gate))?.at ?? -Infinity) < gate.at) gates.set(gateKey(gate), { ...gate });
    },
  };
}
