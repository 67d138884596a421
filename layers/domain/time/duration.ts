export const HOUR_MS = 3_600_000;

/** A parsed `30d` or `6h`. */
export interface Duration {
  readonly amount: number;
  readonly unit: "day" | "hour";
}

/** Reads a duration that the schema has accepted. Throws RangeError for anything else. */
export function parseDuration(text: string): Duration {
  const match = /^([1-9]\d{0,3})([dh])$/.exec(text);
  if (!match) throw new RangeError(`not a duration: ${text}`);
  return { amount: Number(match[1]), unit: match[2] === "d" ? "day" : "hour" };
}

/** The exact length of a duration, a day being 24 hours: what `inactive` waits for. */
export function durationMs({ amount, unit }: Duration): number {
  return amount * (unit === "day" ? 24 : 1) * HOUR_MS;
}
