import type { ProfileId } from "#domain/profile/state.ts";
import type { CompiledJourney } from "./compile-journey.ts";
import { enterJourney } from "./enter-journey.ts";
import type { JourneyPorts } from "./journey-ports.ts";
import type { RefusalTally } from "./refusal-tally.ts";
import type { EntryCause } from "./run.ts";
import type { Visit } from "./visit.ts";

/** What deciding who enters takes, beside walking them. */
export interface EntryPorts extends JourneyPorts {
  readonly refusals: Pick<RefusalTally, "note">;
}

/** Lets a person in whom a trigger has named (`enterJourney`), or notes why not. */
export async function letIn(
  ports: EntryPorts,
  visit: Visit,
  journey: CompiledJourney,
  cause: EntryCause,
  namedAs: ProfileId,
): Promise<void> {
  const entered = await enterJourney(ports, visit, journey, cause, namedAs);
  if (entered === "entered" || entered === "entered_before") return;
  ports.refusals.note({ journey: journey.name, day: visit.bundle.calendar.dayOf(visit.now), reason: entered });
}
