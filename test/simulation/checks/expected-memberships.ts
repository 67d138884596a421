import { type Bundle, readStored } from "#domain/definitions/bundle.ts";
import { readThresholds } from "#domain/definitions/thresholds.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { type Truth, truthOf } from "../../oracle/truth.ts";

/** What somebody must be in at an instant by these definitions and thresholds: a brute-force reading of the raw events. */
export function expectedMemberships(events: readonly CollectedEvent[], at: number, bundle: Bundle): Truth {
  const definitions = bundle.definitions.map(readStored);
  const thresholds = bundle.thresholds && readThresholds(bundle.thresholds);
  const project = definitions.find(({ kind }) => kind === "setting");
  return truthOf(events, at, definitions, {
    timeZone: (project?.kind === "setting" && project.timeZone) || "UTC",
    minorUnits: 100,
    traitModes: { points: "add" },
    monetary: ["revenue"],
    definitions,
    ...(thresholds && {
      population: {
        day: thresholds.day,
        // Of what nobody has a value, nobody is above it.
        quantile: (among, of, share) => thresholds.values.get(`${among} ${of}`)?.get(share) ?? Infinity,
      },
    }),
  });
}
