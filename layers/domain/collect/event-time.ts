const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?) ?(Z|z|[+-]\d{2}(?::?\d{2})?)?)?$/;

/** Milliseconds since 1970 of an ISO 8601 text (UTC where it names no zone) or of a number of milliseconds.
 *  Undefined if it is neither, or before 1970. */
export function parseInstant(value: unknown): number | undefined {
  const instant = typeof value === "number" ? Math.trunc(value) : typeof value === "string" ? parseIso(value) : NaN;
  // The upper bound is that of a Date.
  return instant >= 0 && instant <= 8.64e15 ? instant : undefined;
}

function parseIso(text: string): number {
  const match = ISO.exec(text.trim());
  if (match === null) return NaN;
  const [, date, time, zone = "Z"] = match;
  if (time === undefined) return Date.parse(`${date}T00:00:00Z`);
  const offset = zone.length === 3 ? `${zone}:00` : zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;
  return Date.parse(`${date}T${time.replace(",", ".")}${offset.toUpperCase()}`);
}

/** A smaller difference is the time that the request took, not a wrong clock. It is corrected all the same. Nor are clocks
 *  of our own machines further apart. */
export const NOTABLE_SKEW_MS = 60_000;

/** When it happened (model.md §1): the claimed time, for public sources corrected by how far the client's clock stood
 *  from ours when it sent; never in the future. Instants in milliseconds since 1970. */
export function settleTime(time: {
  readonly claimed: number | undefined;
  readonly sentAt: number | undefined;
  readonly receivedAt: number;
  readonly isPublic: boolean;
}): { readonly at: number; readonly corrected: boolean; readonly wasFuture: boolean } {
  const { claimed, sentAt, receivedAt, isPublic } = time;
  if (claimed === undefined) return { at: receivedAt, corrected: false, wasFuture: false };
  const skew = isPublic && sentAt !== undefined ? receivedAt - sentAt : 0;
  const isNotable = Math.abs(skew) >= NOTABLE_SKEW_MS;
  // A correction never leads before 1970, where no calendar of ours begins.
  const at = Math.max(0, claimed + skew);
  if (at > receivedAt) return { at: receivedAt, corrected: isNotable, wasFuture: true };
  return { at, corrected: isNotable, wasFuture: false };
}
