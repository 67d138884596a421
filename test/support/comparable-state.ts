import type { ProfileState } from "#domain/profile/state.ts";

/** A state as plain data in a canonical order, so that two equal states compare equal whatever order they were made in. */
export function comparableState(state: ProfileState): unknown {
  return plain(state);
}

function plain(value: unknown): unknown {
  if (value instanceof Map) {
    return [...value].map(([key, item]) => [plain(key), plain(item)]).toSorted(byText);
  }
  if (value instanceof Set) return [...value].map(plain).toSorted(byText);
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return Object.fromEntries(entries.map(([key, item]) => [key, plain(item)]).toSorted(byText) as [string, unknown][]);
  }
  return value;
}

function byText(a: unknown, b: unknown): number {
  const [x, y] = [JSON.stringify(a), JSON.stringify(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}
