import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { settleLiving } from "#domain/identity/find-living.ts";
import { bundleOf } from "#domain/identity/merge-people.ts";
import type { StoredRun } from "#domain/ports/run-store.ts";
import type { Profile, ProfileId } from "#domain/profile/state.ts";
import type { Walker } from "./advance.ts";
import type { JourneyPorts } from "./journey-ports.ts";
import { moveRuns } from "./move-runs.ts";
import { makeWalker } from "./walker.ts";

const MAX_TURNS = 50;

/** A look at one person: as they live now, by definitions that are no older than those that evaluated them, with all of
 *  their runs. */
export interface Visit {
  readonly person: Profile;
  readonly bundle: CompiledBundle;
  readonly now: number;
  readonly walker: Walker;
  /** By run id. Whoever writes one puts it here. */
  readonly runs: Map<string, StoredRun>;
}

/** Finds the living person that an id leads to, moves there what runs the id still has, and loads everything that walking
 *  takes. Undefined where nobody lives.
 *  @param notBefore what somebody else's clock has shown: milliseconds since 1970. */
export async function openVisit(ports: JourneyPorts, id: ProfileId, notBefore = 0): Promise<Visit | undefined> {
  const person = await followRuns(ports, id);
  if (!person) return undefined;
  const bundle = await bundleOf(ports, person.bundleVersion);
  // A worker's clock may run behind the one that received the newest event, or that found a wait over.
  const now = Math.max(ports.now(), person.state.newestReceivedAt, notBefore);
  const stored = await ports.runs.ofPerson(person.id);
  const runs = new Map(stored.filter(({ run }) => run.movedTo === undefined).map((one) => [one.run.id, one]));
  return { person, bundle, now, walker: makeWalker(person, now, bundle), runs };
}

/** Finds the living person that an id leads to, and moves there what runs the ids on the way still have. Those that a slow
 *  worker wrote for somebody who has been merged meanwhile are moved by whoever comes by: at the latest by that worker,
 *  who looks again after it wrote (`staysLiving`). */
export async function followRuns(ports: JourneyPorts, id: ProfileId): Promise<Profile | undefined> {
  const behind: ProfileId[] = [];
  let last = id;
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const person = await settleLiving(ports, last);
    if (!person || person.id === last) return person;
    behind.push(last);
    for (const from of behind) await moveRuns(ports, from, person.id);
    last = person.id;
  }
  throw new Error(`${id} did not come to rest in ${MAX_TURNS} turns`);
}

/** Whether the person for whom a run or a gate was just begun is still the one who lives. Where not, whoever moved their
 *  runs may have been too early for it. */
export async function staysLiving({ profiles }: JourneyPorts, id: ProfileId): Promise<boolean> {
  const person = (await profiles.load([id])).get(id);
  return person !== undefined && person.mergedInto === undefined && person.split === undefined;
}
