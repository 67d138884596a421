import { fromProfileItem, toProfileItem } from "#aws/stores/profile-item.ts";
import type { ProfileStore } from "#domain/ports/profile-store.ts";
import { TIMER_SHARDS, type Timer, type TimerKey, type TimerStore } from "#domain/ports/timer-store.ts";
import type { Profile, ProfileId } from "#domain/profile/state.ts";

/** Profiles in memory: each is written as its item and read back once, when it is saved. `read` looks without being
 *  counted; `takeSaved` gives who was saved since it was last asked. */
export function makeCountedProfiles(onLoad: (people: number) => void) {
  const kept = new Map<ProfileId, Profile>();
  let saved = new Set<ProfileId>();
  const store: ProfileStore = {
    load: async (ids) => {
      onLoad(ids.length);
      return new Map(ids.flatMap((id) => (kept.has(id) ? [[id, kept.get(id) as Profile] as const] : [])));
    },
    save: async (profile) => {
      if ((kept.get(profile.id)?.version ?? 0) !== profile.version - 1) return "conflict";
      kept.set(profile.id, fromProfileItem(toProfileItem(profile)));
      saved.add(profile.id);
      return "saved";
    },
    clearOutbox: async (id, version) => {
      const profile = kept.get(id);
      if (profile?.version !== version) return "conflict";
      kept.set(id, { ...profile, outbox: [] });
      return "cleared";
    },
    scan: async () => {
      throw new Error("nobody scans here");
    },
  };
  return {
    store,
    read: (id: ProfileId) => kept.get(id),
    takeSaved: () => {
      const taken = saved;
      saved = new Set();
      return taken;
    },
  };
}

/** The Timers table in memory, each shard in order, so that a look costs next to nothing where nothing is due. */
export function makeIndexedTimers(onPut: () => void): TimerStore & { earliest(): number; size(): number } {
  const shards = Array.from({ length: TIMER_SHARDS }, (): Timer[] => []);
  const shardFor = (id: string) => shards[shardOf(id)] ?? [];
  return {
    earliest: () => Math.min(...shards.map(([first]) => first?.at ?? Number.POSITIVE_INFINITY)),
    size: () => shards.reduce((sum, rows) => sum + rows.length, 0),
    put: async (timer) => {
      onPut();
      const rows = shardFor(timer.id);
      const place = placeOf(rows, timer);
      const there = rows[place];
      if (there === undefined || compare(there, timer) !== 0) rows.splice(place, 0, timer);
      else if (there.version <= timer.version) rows[place] = timer;
    },
    remove: async (key, version) => {
      const rows = shardFor(key.id);
      const place = placeOf(rows, key);
      const there = rows[place];
      if (there !== undefined && compare(there, key) === 0 && there.version <= version) rows.splice(place, 1);
    },
    due: async (shard, { from, to, cursor, limit }) => {
      const rows = shards[shard] ?? [];
      if ((rows[0]?.at ?? Number.POSITIVE_INFINITY) > to) return { timers: [] };
      const due = rows.filter(({ at }) => at >= from && at <= to);
      const rest = cursor === undefined ? due : due.filter((row) => nameOf(row) > cursor);
      const timers = rest.slice(0, limit);
      const last = timers.at(-1);
      return rest.length > limit && last ? { timers, cursor: nameOf(last) } : { timers };
    },
  };
}

function placeOf(rows: readonly Timer[], key: TimerKey): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows[middle];
    if (row !== undefined && compare(row, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compare(a: TimerKey, b: TimerKey): number {
  return a.at - b.at || (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0);
}

function nameOf({ at, kind, id }: TimerKey): string {
  return `${String(at).padStart(15, "0")}#${kind}#${id}`;
}

function shardOf(id: string): number {
  let hash = 0;
  for (const char of id) hash = (Math.imul(hash, 31) + char.charCodeAt(0)) >>> 0;
  return hash % TIMER_SHARDS;
}
