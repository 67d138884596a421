import type { Calendar } from "#domain/time/calendar.ts";

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/;
const DAY_MS = 86_400_000;

/** Reads an ISO date as the first instant of that day in the calendar's zone, an ISO instant as itself (UTC where it
 *  names no offset). Milliseconds since 1970; undefined for anything else, such as 30 February. */
export function parseMoment(text: string, calendar: Calendar): number | undefined {
  if (DATE.test(text)) {
    const utc = Date.parse(`${text}T00:00:00Z`);
    // Date.parse reads 30 February as 1 March.
    return new Date(utc || 0).toISOString().startsWith(text) ? calendar.startOfDay(utc / DAY_MS) : undefined;
  }
  const match = INSTANT.exec(text);
  if (!match) return undefined;
  const at = Date.parse(match[3] === undefined ? `${text}Z` : text);
  return Number.isNaN(at) ? undefined : at;
}

/** Reads an ISO date as itself, an ISO instant as the calendar day that it falls on: days since 1970-01-01. */
export function parseDay(text: string, calendar: Calendar): number | undefined {
  const at = parseMoment(text, calendar);
  if (at === undefined) return undefined;
  return DATE.test(text) ? Date.parse(`${text}T00:00:00Z`) / DAY_MS : calendar.dayOf(at);
}
