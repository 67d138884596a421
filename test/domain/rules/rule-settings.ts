import type { RuleSettings } from "#domain/rules/settings.ts";
import { makeCalendar } from "#domain/time/calendar.ts";

/** What rules mean in a project of hundredths, with no trait declared. */
export function ruleSettings(timeZone = "UTC"): RuleSettings {
  return { calendar: makeCalendar(timeZone), minorUnits: 100, traitMode: () => undefined };
}
