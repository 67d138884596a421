import type { Timer, TimerKey, TimerStore } from "#domain/ports/timer-store.ts";
import { TIMER_SHARDS } from "#domain/ports/timer-store.ts";

/** The Timers table in memory. `rows` gives them all, earliest first. */
export function makeMemoryTimerStore(): TimerStore & { rows(): Timer[] } {
  const table = new Map<string, Timer>();
  const rows = () => [...table.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    rows: () => rows().map(([, timer]) => timer),
    put: async (timer) => {
      if ((table.get(keyOf(timer))?.version ?? 0) <= timer.version) table.set(keyOf(timer), { ...timer });
    },
    remove: async (key, version) => {
      if ((table.get(keyOf(key))?.version ?? Infinity) <= version) table.delete(keyOf(key));
    },
    due: async (shard, { from, to, cursor = "", limit }) => {
      const due = rows().filter(([key, { id, at }]) => key > cursor && shardOf(id) === shard && at >= from && at <= to);
      const page = due.slice(0, limit);
      const last = page.at(-1)?.[0];
      return {
        timers: page.map(([, timer]) => timer),
        ...(due.length > limit && last !== undefined && { cursor: last }),
      };
    },
  };
}

function keyOf({ kind, id, at }: TimerKey): string {
  return `${String(at).padStart(15, "0")}#${kind}#${id}`;
}

function shardOf(id: string): number {
  let hash = 0;
  for (const char of id) hash = (Math.imul(hash, 31) + char.charCodeAt(0)) >>> 0;
  return hash % TIMER_SHARDS;
}
