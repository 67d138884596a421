import type { InappMessage, InappStore } from "#domain/ports/inapp-store.ts";
import type { ProfileId } from "#domain/profile/state.ts";

/** Inboxes in memory. */
export function makeMemoryInappStore(): InappStore {
  const inboxes = new Map<ProfileId, Map<string, { readonly message: InappMessage; readonly dismissed: boolean }>>();
  return {
    put: async (profileId, message) => {
      const inbox = inboxes.get(profileId) ?? new Map();
      inboxes.set(profileId, inbox);
      if (!inbox.has(message.touchId)) inbox.set(message.touchId, { message, dismissed: false });
    },
    list: async (profileId, limit) =>
      [...(inboxes.get(profileId)?.values() ?? [])]
        .filter(({ dismissed }) => !dismissed)
        .map(({ message }) => message)
        .toSorted((a, b) => b.at - a.at || (a.touchId < b.touchId ? -1 : 1))
        .slice(0, limit),
    dismiss: async (profileId, touchId) => {
      const inbox = inboxes.get(profileId);
      const there = inbox?.get(touchId);
      if (there) inbox?.set(touchId, { ...there, dismissed: true });
    },
  };
}
