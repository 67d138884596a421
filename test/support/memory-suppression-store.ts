import type { Suppression, SuppressionStore } from "#domain/ports/suppression-store.ts";

/** The Suppressions table in memory. */
export function makeMemorySuppressionStore(): SuppressionStore {
  const table = new Map<string, Suppression>();
  const find = async (channel: string, address: string) => table.get(`${channel}#${address}`) ?? {};
  return {
    find,
    isSuppressed: async (channel, address, category) => {
      const { all, marketing } = await find(channel, address);
      return all !== undefined || (category === "marketing" && marketing !== undefined);
    },
    put: async (channel, address, scope, entry) => {
      const before = table.get(`${channel}#${address}`);
      if ((before?.[scope]?.at ?? 0) > entry.at) return;
      table.set(`${channel}#${address}`, { ...before, [scope]: { ...entry } });
    },
    lift: async (channel, address, scope, before) => {
      const { [scope]: entry, ...others } = await find(channel, address);
      if (entry && entry.at <= before) table.set(`${channel}#${address}`, others);
    },
  };
}
