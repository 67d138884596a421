import type { Definition } from "#events/definitions/index.ts";

/** What a reading needs beside the events. */
export interface BruteForceSettings {
  readonly timeZone: string;
  readonly minorUnits: number;
  readonly traitModes: Readonly<Record<string, string>>;
  /** Properties that are amounts of money. */
  readonly monetary: readonly string[];
  /** What rules may name. */
  readonly definitions?: readonly Definition[];
  /** The population as the last run found it. */
  readonly population?: Population;
}

/** A population, by what its quantiles are. */
export interface Population {
  /** The calendar day of the run. */
  readonly day: number;
  /** The value that this share of the population does not exceed, in the units that profiles keep: pence, ten-thousandths.
   *  `of` is `orders.revenue`, or the property of a sum. */
  readonly quantile: (among: string, of: string, share: number) => number;
}
