import type { ProfileState } from "#domain/profile/state.ts";

/** A state as plain data in a canonical order, so that two equal states compare equal whatever order they were made in. */
export function comparableState(state: ProfileState): unknown {
  return plain(state);
}

function plain(value: unknown): unknown {
  if (value instanceof Map) {
    return sortByText([...value].map(([key, item]) => [plain(key), plain(item)]));
  }
  if (value instanceof Set) return sortByText([...value].map(plain));
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return Object.fromEntries(
      entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, plain(item)]),
    );
  }
  return value;
}

function sortByText(items: readonly unknown[]): unknown[] {
  const texts = items.map((item): [string, unknown] => [JSON.stringify(item), item]);
  return texts.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, item]) => item);
}
