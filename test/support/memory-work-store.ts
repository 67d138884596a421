import type { WorkItem, WorkStore } from "#domain/ports/work-store.ts";

/** Documents of work in memory, kept as JSON as DynamoDB would. */
export function makeMemoryWorkStore(): WorkStore & { items(): WorkItem[] } {
  const table = new Map<string, WorkItem>();
  const keyOf = (job: string, slice: string) => `${job}\u0000${slice}`;
  const copy = (item: WorkItem): WorkItem => ({ ...item, body: JSON.parse(JSON.stringify(item.body)) as unknown });
  const sorted = () => [...table].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => copy(item));
  return {
    items: sorted,
    find: async (job, slice) => {
      const item = table.get(keyOf(job, slice));
      return item && copy(item);
    },
    save: async (item) => {
      const key = keyOf(item.job, item.slice);
      if ((table.get(key)?.revision ?? 0) !== item.revision - 1) return "conflict";
      table.set(key, copy(item));
      return "saved";
    },
    list: async (job, { cursor = "", limit }) => {
      const items = sorted().filter((item) => item.job === job && item.slice > cursor);
      const page = items.slice(0, limit);
      const last = page.at(-1)?.slice;
      return { items: page, ...(items.length > limit && last !== undefined && { cursor: last }) };
    },
  };
}
