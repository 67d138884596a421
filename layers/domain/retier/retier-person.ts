import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { bundleOf, finishMerges } from "#domain/identity/merge-people.ts";
import { finishSplit, type SplitPorts } from "#domain/identity/split-people.ts";
import { nextVersion } from "#domain/profile/apply-memberships.ts";
import { publishOutbox } from "#domain/profile/commit-profile.ts";
import { isAnybody } from "#domain/profile/is-anybody.ts";
import { saveProfile } from "#domain/profile/save-profile.ts";
import type { Profile } from "#domain/profile/state.ts";
import { fillFeatures } from "./fill-features.ts";

/** A review timer that is overdue by this much was lost, or `wake` is that far behind: either way another helps. */
const OVERDUE_MS = 60 * 60_000;
/** A conflict means that another worker made progress. */
const MAX_ATTEMPTS = 50;

/** What came of looking at one person. */
export interface RetieredPerson {
  /** As stored now; undefined: nobody, or somebody who is no more. */
  readonly profile?: Profile;
  readonly changed: boolean;
  /** Changes of memberships that were published. */
  readonly facts: number;
  /** The person could not be evaluated, and was left as it is. */
  readonly error?: unknown;
}

const NOBODY: RetieredPerson = { changed: false, facts: 0 };

/** Brings one person up to the definitions of `bundleVersion` or later ones. First whatever others left half done is
 *  seen through: facts that were not published, a merge, an un-merge. Then features that lack the past are filled, and
 *  everything is evaluated; the person is written only where that changes something that others rely on. */
export async function retierPerson(ports: SplitPorts, found: Profile, bundleVersion: number): Promise<RetieredPerson> {
  let person: Profile | undefined = found;
  for (let attempt = 0; attempt < MAX_ATTEMPTS && person; attempt++) {
    if (!(await settle(ports, person))) return NOBODY;
    if (person.intent === undefined) {
      const outcome = await evaluateOnce(ports, { ...person, outbox: [] }, bundleVersion);
      if (outcome !== "conflict") return outcome;
    }
    person = (await ports.profiles.load([found.id])).get(found.id);
  }
  if (!person) return NOBODY;
  throw new Error(`${found.id} kept changing under ${MAX_ATTEMPTS} attempts`);
}

/** Sees through what is half done. False of somebody who is no more, or nobody yet. */
async function settle(ports: SplitPorts, person: Profile): Promise<boolean> {
  await publishOutbox(ports, person);
  if (person.split) await finishSplit(ports, person);
  if (person.split || person.mergedInto !== undefined) return false;
  if (person.intent) await finishMerges(ports, person.id);
  return isAnybody(person.state);
}

async function evaluateOnce(
  ports: SplitPorts,
  person: Profile,
  bundleVersion: number,
): Promise<RetieredPerson | "conflict"> {
  const bundle = await bundleOf(ports, Math.max(person.bundleVersion, bundleVersion));
  const now = ports.now();
  const filled = await fillFeatures(ports.activity, person, now, bundle);
  const evaluated = tryEvaluating(person, filled ?? {}, now, bundle);
  if ("error" in evaluated) return { profile: person, changed: false, facts: 0, error: evaluated.error };
  const { next } = evaluated;
  if (!filled && !isChanged(person, next)) return { profile: person, changed: false, facts: 0 };
  if ((await saveProfile(ports, person, next)) === "conflict") return "conflict";
  await publishOutbox(ports, next);
  return { profile: { ...next, outbox: [] }, changed: true, facts: next.outbox.length };
}

function tryEvaluating(
  person: Profile,
  filled: Partial<Pick<Profile, "state" | "filledTo">>,
  now: number,
  bundle: CompiledBundle,
): { next: Profile } | { error: unknown } {
  const isOverdue = person.timerAt !== undefined && person.timerAt < now - OVERDUE_MS;
  try {
    return { next: nextVersion(isOverdue ? { ...person, timerAt: undefined } : person, filled, now, bundle) };
  } catch (error) {
    // One person whom no rule can judge must not stop everyone else.
    return { error };
  }
}

/** Ends of answers that moved are computed again whenever they are asked for: they alone are not worth a write. */
function isChanged(before: Profile, next: Profile): boolean {
  const laddersBefore = before.tierHistory?.size ?? 0;
  const laddersNext = next.tierHistory?.size ?? 0;
  return next.outbox.length > 0 || next.timerAt !== before.timerAt || laddersNext !== laddersBefore;
}
