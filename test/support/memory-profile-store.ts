import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { fromProfileItem, toProfileItem } from "#aws/stores/profile-item.ts";
import type { ProfileStore } from "#domain/ports/profile-store.ts";
import type { Profile, ProfileId } from "#domain/profile/state.ts";

/** Profiles in memory, kept as the items that DynamoDB would hold. `all` gives every person, merged ones included. */
export function makeMemoryProfileStore(pageSize = 1_000): ProfileStore & { all(): Profile[]; writes: () => number } {
  const items = new Map<ProfileId, Record<string, AttributeValue>>();
  let writes = 0;
  const versionOf = (id: ProfileId) => Number(items.get(id)?.v?.N ?? 0);
  const read = (id: ProfileId): [ProfileId, Profile][] => {
    const item = items.get(id);
    return item ? [[id, fromProfileItem(item)]] : [];
  };
  return {
    load: async (ids) => new Map(ids.flatMap(read)),
    save: async (profile) => {
      if (versionOf(profile.id) !== profile.version - 1) return "conflict";
      items.set(profile.id, toProfileItem(profile));
      writes++;
      return "saved";
    },
    clearOutbox: async (id, version) => {
      const item = items.get(id);
      if (!item || versionOf(id) !== version) return "conflict";
      const { o: _published, ...rest } = item;
      items.set(id, rest);
      writes++;
      return "cleared";
    },
    scan: async ({ segment, segments, former = false, cursor = "0" }) => {
      const ofSegment = [...items.values()].filter((_, n) => n % segments === segment);
      const end = Number(cursor) + pageSize;
      return {
        profiles: ofSegment
          .slice(Number(cursor), end)
          .map(fromProfileItem)
          .filter(({ mergedInto, split }) => former || (mergedInto === undefined && split === undefined)),
        ...(end < ofSegment.length && { cursor: String(end) }),
      };
    },
    all: () => [...items.values()].map(fromProfileItem),
    writes: () => writes,
  };
}
