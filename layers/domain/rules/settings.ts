import type { Calendar } from "#domain/time/calendar.ts";
import type { TraitMode } from "#events/collected-event.ts";

import type { Thresholds } from "./population.ts";

/** What the meaning of a rule depends on beside its text. */
export interface RuleSettings {
  readonly calendar: Calendar;
  /** Minor units to one major unit of the project's currency: 100 for GBP. */
  readonly minorUnits: number;
  /** The declared mode of a trait: which of its components speaks. */
  readonly traitMode: (name: string) => TraitMode | undefined;
  /** Quantiles of the population, by the last re-tiering run. Absent: there was none yet. */
  readonly thresholds?: Thresholds;
}
