import fc from "fast-check";
import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import type { Timer } from "#domain/ports/timer-store.ts";
import { nextVersion } from "#domain/profile/apply-memberships.ts";
import { commitProfile, publishOutbox } from "#domain/profile/commit-profile.ts";
import { foldEvents } from "#domain/profile/fold.ts";
import type { IdentifierKey, Profile, ProfileId } from "#domain/profile/state.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import type { Rule } from "#events/rule.ts";
import { type WakePorts, wake } from "#functions/wake/wake.ts";
import { workShard } from "#functions/wake/work-shard.ts";
import { aBundle, aTag } from "../../domain/memberships/bundles.ts";
import { arbitraryHistory, type History, TRAIT_MODES, telltaleInstants } from "../../domain/rules/arbitrary-history.ts";
import { arbitraryRule } from "../../domain/rules/arbitrary-rules.ts";
import { bruteForce } from "../../domain/rules/brute-force.ts";
import { withFaults } from "../../support/failing-ports.ts";
import { aPerson } from "../../support/people.ts";
import { seededNumbers } from "../../support/seeded-numbers.ts";
import { makeMemoryWakePorts } from "../../support/wake-ports.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
const PEOPLE = ["p_ann", "p_bob"] as ProfileId[];
/** Later than any event: what a visitor grants does not count (model.md §7), as in the brute-force reading. */
const claimed = new Map([["anonymousId:a-1" as IdentifierKey, 4e15]]);

/** Two rules, the events of two people, and when wake looks: on the minute, around what is telling and long after. */
export interface Story {
  readonly rules: readonly [Rule, Rule];
  readonly history: History;
  readonly looks: readonly number[];
  readonly seed: number;
}

export const arbitraryStory: fc.Arbitrary<Story> = fc
  .record({
    rules: fc.tuple(arbitraryRule, arbitraryRule),
    history: arbitraryHistory,
    picks: fc.array(fc.nat(), { minLength: 1, maxLength: 8 }),
    seed: fc.integer(),
  })
  .map(({ rules, history, picks, seed }) => {
    const begin = history.era - 9 * DAY;
    const instants = telltaleInstants(history, begin, begin + 60 * DAY).map((at) => Math.ceil(at / MINUTE) * MINUTE);
    const looks = picks.map((pick) => instants[pick % instants.length] ?? begin);
    return { rules, history, looks: [...new Set(looks)].toSorted((a, b) => a - b), seed };
  });

function bundleOf({ rules, history: { timeZone } }: Story): CompiledBundle {
  const [top, middle] = rules;
  const tiers = [{ name: "top", rule: top }, { name: "middle", rule: middle }, { name: "rest" }];
  return aBundle(1, [
    { kind: "setting", name: "project", timeZone },
    ...Object.entries(TRAIT_MODES).map(([name, mode]) => ({ kind: "trait" as const, name, mode })),
    aTag("zero", rules[0]),
    aTag("one", rules[1]),
    { kind: "segment", name: "either", rule: { any: [{ tag: "zero" }, { tag: "one" }] } },
    { kind: "ladder", name: "plain", tiers },
    { kind: "ladder", name: "held", tiers, hold: "3d" },
  ]);
}

/** What a person's memberships are at `now`, by the raw events alone up to `known`; of the ladder with a hold nothing is
 *  said. */
export function truthOf({ rules, history }: Story, id: ProfileId, now: number, known = now): string[] {
  const settings = {
    timeZone: history.timeZone,
    minorUnits: 100,
    traitModes: TRAIT_MODES,
    monetary: ["revenue"],
  };
  const events = history.events.filter((event, n) => PEOPLE[n % PEOPLE.length] === id && event.at <= known);
  if (events.length === 0) return [];
  const [zero, one] = rules.map((rule) => bruteForce(rule, events, now, settings));
  const tier = zero ? "top" : one ? "middle" : "rest";
  return [
    ...(zero || one ? ["segment:either"] : []),
    ...(one ? ["tag:one"] : []),
    ...(zero ? ["tag:zero"] : []),
    `tier:plain=${tier}`,
  ];
}

/** Plays a story: the events are folded when they happen, and wake looks when it looks. `rate` is how often a call of a
 *  port fails, before or after its effect. */
export function openWorld(story: Story, rate = 0) {
  const { ports, clock, counted } = makeMemoryWakePorts(bundleOf(story));
  const next = seededNumbers(story.seed);
  let failing = rate;
  const reads: ProfileId[] = [];
  const counting: WakePorts = {
    ...ports,
    profiles: {
      ...ports.profiles,
      load: async (ids) => {
        reads.push(...ids);
        return ports.profiles.load(ids);
      },
    },
  };
  const faulty: WakePorts =
    rate === 0
      ? counting
      : {
          ...ports,
          profiles: withFaults(ports.profiles, next, () => failing),
          timers: withFaults(ports.timers, next, () => failing),
          facts: withFaults(ports.facts, next, () => failing),
          work: withFaults(ports.work, next, () => failing),
          due: withFaults(ports.due, next, () => failing),
        };

  /** A writer that tries until it is through, as redelivery does. */
  async function fold(id: ProfileId, event: CollectedEvent): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        if (await foldOnce(id, event)) return;
      } catch (error) {
        // It comes again.
        if (attempt === 1000) throw error;
      }
    }
  }

  async function foldOnce(id: ProfileId, event: CollectedEvent): Promise<boolean> {
    const bundle = await ports.definitions.get();
    const newcomer: Profile = { ...aPerson("new"), id, version: 0, createdAt: clock.now, bundleVersion: 1 };
    const stored = (await faulty.profiles.load([id])).get(id);
    const before = stored ?? { ...newcomer, state: { ...newcomer.state, identifiers: claimed } };
    await publishOutbox(faulty, before);
    const { state, applied } = foldEvents(before.state, [event], bundle.features);
    if (applied.length === 0) return true;
    const after = nextVersion({ ...before, outbox: [] }, { state }, clock.now, bundle);
    return (await commitProfile(faulty, before, after)) === "saved";
  }

  async function look(): Promise<void> {
    await wake(faulty);
    for (const [n, message] of ports.due.take().entries()) await workShard(faulty, message, `${clock.now}/${n}`);
  }

  /** Everything up to this instant: events and looks, in their order, sometimes both at once. */
  async function play(onLook: () => void | Promise<void> = () => {}): Promise<void> {
    const pending = story.history.events.map((event, n) => ({ event, id: PEOPLE[n % PEOPLE.length] as ProfileId }));
    pending.sort((a, b) => a.event.at - b.event.at);
    // The first look of all, from which on the watermark is kept.
    clock.now = story.history.era - 10 * DAY;
    await wake(ports);
    for (const at of story.looks) {
      while (pending[0] && pending[0].event.at <= at) {
        const { id, event } = pending.shift() as (typeof pending)[0];
        clock.now = event.at;
        const company = rate > 0 && next() < 0.5 ? [look().catch(() => {})] : [];
        await Promise.all([fold(id, event), ...company]);
      }
      clock.now = at;
      if (rate === 0) await look();
      else await look().catch(() => {});
      await onLook();
    }
  }

  const people = () => ports.profiles.all();
  const membershipsOf = ({ memberships }: Profile) =>
    [...memberships.keys()].filter((key) => !key.startsWith("tier:held=")).toSorted();
  /** Rows that the people rely on, and those that are there. */
  const rows = () => ports.timers.rows().map(({ id, at }: Timer) => `${id} ${at}`);
  const calm = () => {
    failing = 0;
  };
  return { ports, clock, counted, reads, play, look, calm, people, membershipsOf, rows };
}
