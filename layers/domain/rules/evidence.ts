const MAX_TEXT = 200;
const MAX_LIST = 10;

/** A value as evidence shows it: what is missing is null, long texts and lists are cut, so that a fact stays small. */
export function describe(value: unknown, depth = 0): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value === "string") return value.length > MAX_TEXT ? `${cutText(value)}…` : value;
  if (typeof value !== "object") return value;
  if (depth >= 4) return "…";
  if (Array.isArray(value)) {
    const shown = value.slice(0, MAX_LIST).map((item) => describe(item, depth + 1));
    return value.length > MAX_LIST ? [...shown, `… ${value.length - MAX_LIST} more`] : shown;
  }
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.slice(0, MAX_LIST).map(([key, item]) => [key, describe(item, depth + 1)]));
}

/** Never between the halves of a surrogate pair. */
function cutText(text: string): string {
  return text.slice(0, MAX_TEXT).replace(/[\uD800-\uDBFF]$/, "");
}
