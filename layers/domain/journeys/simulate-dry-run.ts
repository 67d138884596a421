import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import type { ActivityStore } from "#domain/ports/activity-store.ts";
import type { ProfileStore } from "#domain/ports/profile-store.ts";
import type { TagStore } from "#domain/ports/tag-store.ts";
import { type DrawPorts, drawPeople } from "#domain/preview/draw-people.ts";
import { fillFor } from "#domain/preview/fill-person.ts";
import { estimatePopulation, type Population } from "#domain/preview/margin.ts";
import { isAnybody } from "#domain/profile/is-anybody.ts";
import type { MembershipKey, Profile } from "#domain/profile/state.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import type { CompiledJourney } from "./compile-journey.ts";
import { type KnownPerson, simulateJourney } from "./simulate.ts";
import { type AudienceTally, addMember, mergeAudience, newAudienceTally } from "./simulate-audience.ts";
import { seePerson } from "./simulate-person.ts";

/** An index of so many members is read to its end; of more a sample of everyone says enough. */
const LISTED_UP_TO = 10_000;
const PAGE = 100;
/** People whose stores are read at once. */
const READ_AT_ONCE = 16;

/** Everything that a dry run reaches: nothing here can write. */
export interface DryRunPorts extends DrawPorts {
  readonly profiles: Pick<ProfileStore, "scan" | "load">;
  readonly tags: Pick<TagStore, "count" | "members">;
  readonly activity: Pick<ActivityStore, "list">;
  readonly known: (person: Profile) => Promise<KnownPerson>;
}

export interface DryRunAsk {
  readonly journey: CompiledJourney;
  readonly bundle: CompiledBundle;
  /** Who is asked about: `segment:newsletter`. */
  readonly audience: MembershipKey;
  /** The index of members knows this audience as it is meant here. */
  readonly isIndexed: boolean;
  readonly startAt: number;
  readonly trigger?: CollectedEvent;
  /** How many people are drawn where the members are too many to be listed; Infinity: everyone. */
  readonly wanted: number;
}

export interface DryRun {
  readonly tally: AudienceTally;
  /** Whom the counts stand for: the members where they were listed, else everybody. */
  readonly population: Population;
  readonly complete: boolean;
  readonly cutShort: boolean;
}

/** Who of an audience would get a message of a journey, and who not, and why: each is walked through it, with nothing
 *  happening on the way. All members where they are few, else those among people drawn at random. Nothing is written. */
export async function dryRunJourney(ask: DryRunAsk, ports: DryRunPorts): Promise<DryRun> {
  const listed = ask.isIndexed ? await ports.tags.count(ask.audience, LISTED_UP_TO) : undefined;
  return listed?.complete ? runOverMembers(ask, listed.count, ports) : runOverSample(ask, ports);
}

async function runOverMembers(ask: DryRunAsk, count: number, ports: DryRunPorts): Promise<DryRun> {
  const tally = newAudienceTally();
  let cursor: string | undefined;
  do {
    const page = await ports.tags.members(ask.audience, { limit: PAGE, ...(cursor !== undefined && { cursor }) });
    cursor = page.cursor;
    const people = await ports.profiles.load(page.members.map(({ profileId }) => profileId));
    const living = [...people.values()].filter(({ mergedInto, split }) => mergedInto === undefined && !split);
    mergeAudience(tally, await tallyPage(living, ask, ports));
  } while (cursor !== undefined && !ports.isOver());
  const cutShort = cursor !== undefined;
  const people = cutShort ? Math.max(count, tally.seen) : tally.seen;
  return { tally, population: { seen: tally.seen, people, low: people, high: people }, complete: !cutShort, cutShort };
}

async function runOverSample(ask: DryRunAsk, ports: DryRunPorts): Promise<DryRun> {
  const tally = newAudienceTally();
  const { share, cutShort } = await drawPeople(
    ports,
    ask.wanted,
    (people) => tallyPage(people, ask, ports),
    (pages) => {
      for (const page of pages) mergeAudience(tally, page);
    },
  );
  const population = estimatePopulation(tally.seen, share > 0 ? share : 1);
  return { tally, population, complete: share === 1, cutShort };
}

async function tallyPage(people: readonly Profile[], ask: DryRunAsk, ports: DryRunPorts): Promise<AudienceTally> {
  const tally = newAudienceTally();
  const anybody = people.filter(({ state }) => isAnybody(state));
  tally.seen = anybody.length;
  for (let start = 0; start < anybody.length; start += READ_AT_ONCE) {
    const some = anybody.slice(start, start + READ_AT_ONCE);
    const walked = await Promise.all(some.map((person) => walkMember(person, ask, ports)));
    for (const one of walked) {
      if (!one) continue;
      addMember(tally, one.person, one.simulation);
      if (one.cutOff) tally.cutOff++;
    }
  }
  return tally;
}

/** Undefined where the person is no member then. */
async function walkMember(profile: Profile, ask: DryRunAsk, { activity, known }: DryRunPorts) {
  const { journey, bundle, startAt, trigger, audience } = ask;
  const { state, cutOff } = await fillFor(profile, startAt, { readers: bundle.readers, bundle }, activity);
  const person = { ...profile, state };
  if (!seePerson(person, startAt, bundle).memberships.has(audience)) return undefined;
  const simulation = simulateJourney({
    journey,
    walked: journey,
    bundle,
    person,
    known: await known(person),
    startAt,
    ...(trigger && { trigger }),
    happenings: [],
    ignoreHoldout: false,
  });
  return { person, simulation, cutOff };
}
