import type { AdminToken, TokenStore } from "#domain/ports/token-store.ts";

/** Administration tokens in memory. */
export function makeMemoryTokenStore(): TokenStore {
  const byHash = new Map<string, AdminToken>();
  return {
    find: async (hash) => byHash.get(hash),
    put: async (token) => {
      byHash.set(token.hash, token);
    },
    remove: async (hash) => (byHash.delete(hash) ? "removed" : "absent"),
    list: async ({ cursor = "", limit }) => {
      const rest = [...byHash.values()]
        .filter(({ hash }) => hash > cursor)
        .toSorted((a, b) => (a.hash < b.hash ? -1 : 1));
      const tokens = rest.slice(0, limit);
      const last = tokens.at(-1);
      return rest.length > limit && last ? { tokens, cursor: last.hash } : { tokens };
    },
  };
}
