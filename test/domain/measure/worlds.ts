import fc from "fast-check";
import { makeFrame } from "#domain/measure/frame.ts";
import { nextVersion } from "#domain/profile/apply-memberships.ts";
import { emptyState } from "#domain/profile/empty-state.ts";
import { foldEvents } from "#domain/profile/fold.ts";
import type { Profile, ProfileId } from "#domain/profile/state.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { aPerson, NOON } from "../../support/people.ts";
import { aBundle } from "../memberships/bundles.ts";
import { dayIn, type World } from "./oracle.ts";

const DAY_MS = 86_400_000;
const ZONES = ["UTC", "Asia/Shanghai", "America/New_York", "Pacific/Auckland"] as const;
const KINDS = ["completed", "completed", "updated", "cancelled", "refunded"] as const;

const drawnEvent = fc.record({
  // Few different days, so that people come back; some long ago.
  daysAgo: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 8 }) },
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 65 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 399 }) },
  ),
  minute: fc.integer({ min: 0, max: 24 * 60 - 1 }),
  activity: fc.boolean(),
  order: fc.option(
    fc.record({
      kind: fc.constantFrom(...KINDS),
      id: fc.constantFrom("o-1", "o-2", "o-3"),
      amountMinor: fc.integer({ min: 0, max: 99_999 }),
    }),
    { nil: undefined },
  ),
});

/** Small populations whose events fall on few days, in several time zones. */
export const arbitraryWorld: fc.Arbitrary<World> = fc
  .record({
    timeZone: fc.constantFrom(...ZONES),
    now: fc.integer({ min: 0, max: DAY_MS }).map((later) => NOON + later),
    sinceDays: fc.option(fc.integer({ min: 0, max: 90 }), { nil: undefined }),
    people: fc.array(fc.array(drawnEvent, { maxLength: 12 }), { maxLength: 8 }),
  })
  .map(({ timeZone, now, sinceDays, people }) => ({
    timeZone,
    now,
    since: sinceDays === undefined ? undefined : now - sinceDays * DAY_MS - 1,
    people: people.map((drawn, person) =>
      drawn
        .map(({ daysAgo, minute, activity, order }, n): CollectedEvent => {
          // No two at one instant: which of them is the last word is not what is measured here.
          const at = now - daysAgo * DAY_MS - minute * 60_000 - n - 1;
          return {
            messageId: `m-${person}-${n}`,
            type: "track",
            identifiers: [["userId", `u-${person}`]],
            at,
            receivedAt: at,
            day: dayIn(timeZone, at),
            source: { name: "server", type: "server" },
            activity,
            ...(order && { event: "Order", order }),
          };
        })
        .toSorted((a, b) => a.at - b.at),
    ),
  }));

/** The people of a world, folded event by event as they came and then looked at by the run, and what the run measures. */
export function settle({ timeZone, now, since, people }: World) {
  const bundle = aBundle(1, [
    { kind: "setting", name: "project", timeZone },
    {
      kind: "ladder",
      name: "spend",
      tiers: [
        { name: "again", rule: { orders: { count: { atLeast: 2 } } } },
        { name: "once", rule: { orders: { count: { atLeast: 1 } } } },
        { name: "none" },
      ],
    },
  ]);
  const profiles = people.map((events, person) => {
    let profile: Profile = { ...aPerson(`${person}`), state: emptyState(), version: 0 };
    for (const event of events) {
      const { state } = foldEvents(profile.state, [event], bundle.features);
      profile = nextVersion(profile, { state }, event.receivedAt, bundle);
    }
    return events.length === 0 ? profile : nextVersion(profile, {}, now, bundle);
  });
  return { bundle, profiles, frame: makeFrame(bundle, { now, since }) };
}

/** One who was merged into another. */
export function mergedAway(profile: Profile): Profile {
  return { ...profile, id: "p_merged" as ProfileId, mergedInto: profile.id };
}
