import type { CollectedEvent } from "#events/collected-event.ts";
import type { Rule } from "#events/rule.ts";
import { dateOf, dayOf, instant } from "./calendar.ts";
import type { BruteForceSettings } from "./settings.ts";
import { traitOf } from "./traits.ts";

/** Looks at every day of the window for the same day and month in a later year. */
export function anniversary(
  { trait, within }: NonNullable<Rule["anniversary"]>,
  events: readonly CollectedEvent[],
  now: number,
  settings: BruteForceSettings,
): boolean {
  const at = instant(traitOf(trait, events, settings), settings.timeZone);
  if (at === undefined) return false;
  const [year, month, date] = dateOf(dayOf(at, settings.timeZone));
  for (let ahead = 0; ahead < Number.parseInt(within, 10); ahead++) {
    const [y, m, d] = dateOf(dayOf(now, settings.timeZone) + ahead);
    if (y <= year || m !== month) continue;
    if (d === date) return true;
    const endsWith28 = Number.isNaN(Date.parse(`${y}-02-29`)) || new Date(`${y}-02-29`).getUTCDate() !== 29;
    if (m === 2 && date === 29 && d === 28 && endsWith28) return true;
  }
  return false;
}
