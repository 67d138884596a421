import type { EventInput, Walker } from "#domain/journeys/advance.ts";
import { compileJourney } from "#domain/journeys/compile-journey.ts";
import { emptyState } from "#domain/profile/empty-state.ts";
import type { ProfileId, ProfileState } from "#domain/profile/state.ts";
import { makeSubject } from "#domain/rules/subject.ts";
import { makeCalendar } from "#domain/time/calendar.ts";
import { JourneyDefinition } from "#events/definitions/journey.ts";

export const ANN = "p_ann" as ProfileId;
const calendar = makeCalendar("Asia/Shanghai");

/** Compiles what an author wrote; throws where the schema refuses it. */
export function aJourney(written: Record<string, unknown>, version = 1) {
  const definition = JourneyDefinition.parse({
    kind: "journey",
    name: "cart-rescue",
    trigger: { event: "Product Added" },
    ...written,
  });
  return compileJourney(definition, version, { calendar, minorUnits: 100, traitMode: () => undefined });
}

export function aWalker(now: number, state: ProfileState = emptyState()): Walker {
  const calendarOf = (zone: string) => (zone === "person" || zone === "project" ? calendar : makeCalendar(zone));
  return { now, subject: makeSubject(state, now, calendar), calendarOf };
}

export function did(event: string, at: number, properties?: Record<string, unknown>): EventInput {
  return { factId: `${event}@${at}`, event, at, ...(properties && { properties }) };
}
