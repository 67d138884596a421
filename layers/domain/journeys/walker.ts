import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { judgeMemberships } from "#domain/memberships/judge-memberships.ts";
import type { Profile } from "#domain/profile/state.ts";
import { readTrait } from "#domain/profile/traits.ts";
import { type Calendar, makeCalendar, TimeZoneError } from "#domain/time/calendar.ts";
import type { Walker } from "./advance.ts";

/** The calendar of a person's zone, which their trait `timezone` names; the project's where it names none. */
export function calendarOfPerson({ state }: Pick<Profile, "state">, bundle: CompiledBundle): Calendar {
  const trait = state.traits.get("timezone");
  const zone = trait && readTrait(trait, bundle.traits.get("timezone")?.mode);
  return typeof zone === "string" ? calendarOf(zone, bundle.calendar) : bundle.calendar;
}

/** A person as journeys see one at an instant: evaluated now, whatever was stored. */
export function makeWalker(person: Profile, now: number, bundle: CompiledBundle): Walker {
  return {
    now,
    subject: judgeMemberships(person, now, bundle),
    calendarOf: (zone) => {
      if (zone === "project") return bundle.calendar;
      return zone === "person" ? calendarOfPerson(person, bundle) : calendarOf(zone, bundle.calendar);
    },
  };
}

function calendarOf(zone: string, otherwise: Calendar): Calendar {
  if (zone === otherwise.timeZone) return otherwise;
  try {
    return makeCalendar(zone);
  } catch (error) {
    if (error instanceof TimeZoneError) return otherwise;
    throw error;
  }
}
