import type { Profile } from "#domain/profile/state.ts";
import type { OpenSlice } from "./phase.ts";
import type { RetierPorts } from "./ports.ts";
import { retierPerson } from "./retier-person.ts";
import type { Run, RunFigures } from "./run.ts";

/** People whose profiles are written side by side. */
const AT_ONCE = 16;

/** A slice of a scan of everyone: calls `visit` for each item, those of people who are no more included. */
export function scanPeople(
  ports: RetierPorts,
  run: Run,
  index: number,
  visit: (person: Profile) => Promise<void>,
): OpenSlice["work"] {
  return async (cursor) => {
    const page = await ports.profiles.scan({
      segment: index,
      segments: run.slices,
      former: true,
      ...(cursor !== undefined && { cursor }),
    });
    for (let start = 0; start < page.profiles.length; start += AT_ONCE) {
      await Promise.all(page.profiles.slice(start, start + AT_ONCE).map(visit));
    }
    return { cursor: page.cursor };
  };
}

/** Brings one person up to date and adds what came of it to the figures. */
export async function retierAndCount(
  ports: RetierPorts,
  run: Run,
  person: Profile,
  figures: { -readonly [Name in keyof RunFigures]: number },
): Promise<Profile | undefined> {
  const { profile, changed, facts, error } = await retierPerson(ports, person, run.bundleVersion);
  if (changed) figures.changed++;
  figures.facts += facts;
  if (changed) ports.count("PeopleChanged", 1);
  if (error !== undefined) {
    figures.failed++;
    ports.count("PeopleNotEvaluated", 1);
    ports.report(error, { runId: run.runId, profileId: person.id });
  }
  return profile;
}
