import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileBundle } from "#domain/definitions/compile-bundle.ts";
import { finishMerges, recordIntent } from "#domain/identity/merge-people.ts";
import { explainMembership } from "#domain/memberships/explain-membership.ts";
import { foldEvents } from "#domain/profile/fold.ts";
import type { MembershipKey, Profile, ProfileId } from "#domain/profile/state.ts";
import { fillFeatures } from "#domain/retier/fill-features.ts";
import { retierPerson } from "#domain/retier/retier-person.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import type { Definition } from "#events/definitions/index.ts";
import type { Rule } from "#events/rule.ts";
import { arbitraryEvents } from "../../support/arbitrary-events.ts";
import { comparableState } from "../../support/comparable-state.ts";
import { makeMemoryActivityStore } from "../../support/memory-activity-store.ts";
import { anEvent, aPerson, NOON } from "../../support/people.ts";
import { openRetierWorld } from "../../support/retier-world.ts";

const DAY_MS = 86_400_000;
const rules: Rule[] = [
  { did: { event: "Product Viewed", within: "30d" } },
  { did: { event: "Product Viewed" } },
  { did: { event: "Page Viewed", within: "24h", atLeast: 2 } },
  { sum: { event: "Order Completed", property: "revenue", within: "90d", atLeast: 1 } },
  { distinct: { event: "Product Viewed", property: "amount", within: "60d", atLeast: 2 } },
  { prefers: { of: "Product Viewed", property: "category", in: ["tea"] } },
];

function bundleOf(version: number, on: readonly Rule[], at: number) {
  const definitions = on.map((rule, n) => ({
    kind: "tag",
    name: `t-${n}`,
    version,
    definition: { kind: "tag", name: `t-${n}`, rule },
  }));
  const bare = compileBundle({ version, definitions });
  const features = [...bare.features.byId.values()].map(({ id, keep }) => ({
    id,
    keep: Number.isFinite(keep) ? keep : null,
    version,
    at,
  }));
  return compileBundle({ version, definitions: definitions.map((stored) => ({ ...stored, features })) });
}

const viewer: Definition = { kind: "tag", name: "viewer", rule: { did: { event: "Product Viewed", atLeast: 3 } } };
const view = (n: number, changed: Partial<CollectedEvent> = {}) =>
  anEvent(`v-${n}`, { at: NOON - n * 1000, ...changed });
const viewsOf = ({ state }: Profile) =>
  [...state.features.values()].map((buckets) => [...buckets.values()].reduce((sum, n) => sum + n, 0));

describe("filling features from the behaviour log", () => {
  test("gives what folding by the new definitions from the start would have given, in-flight events left out", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryEvents({ maxLength: 30 }), fc.nat(10), async (events, inFlight) => {
        const now = Date.UTC(2026, 1, 14);
        const none = compileBundle({ version: 1, definitions: [] });
        const bundle = bundleOf(2, rules, now);
        const applied = events.slice(inFlight);
        const activity = makeMemoryActivityStore();
        await activity.append("p_ann" as ProfileId, events, 400);
        const { state } = foldEvents(aPerson("ann").state, applied, none.features);
        const filled = await fillFeatures(activity, aPerson("ann", { state, filledTo: 1 }), now, bundle);
        const wanted = foldEvents(aPerson("ann").state, applied, bundle.features).state;
        expect(filled?.filledTo).toBe(2);
        const { features, distincts, preferences } = filled?.state ?? state;
        expect(comparableState({ ...state, features, distincts, preferences })).toEqual(comparableState(wanted));
      }),
      { numRuns: 300 },
    );
  });

  test("counts what the memory has forgotten, and of what it remembers only that, also when it is full", async () => {
    const bundle = bundleOf(2, [{ did: { event: "Product Viewed" } }], NOON);
    const none = compileBundle({ version: 1, definitions: [] });
    const old = Array.from({ length: 40 }, (_, n) => view(n, { receivedAt: NOON - 20 * DAY_MS }));
    // More within one second than the memory holds.
    const burst = Array.from({ length: 2_300 }, (_, n) => view(100 + n));
    const { state } = foldEvents(aPerson("ann").state, [...old, ...burst], none.features);
    expect(state.seen.size).toBe(2_000);
    const activity = makeMemoryActivityStore();
    const late = view(9_999, { receivedAt: NOON + 5_000 });
    await activity.append("p_ann" as ProfileId, [...old, ...burst, late], 400);
    const filled = await fillFeatures(activity, aPerson("ann", { state, filledTo: 1 }), NOON, bundle);
    expect(viewsOf(aPerson("ann", { state: filled?.state ?? state }))).toEqual([2_340]);
  });

  test("reads nothing of a person who did nothing inside the windows, or whose features are complete", async () => {
    const unread = { append: async () => {}, list: () => Promise.reject(new Error("not to be read")) };
    const bundle = bundleOf(2, [{ did: { event: "Product Viewed", within: "30d" } }], NOON);
    const { state } = foldEvents(
      aPerson("ann").state,
      [view(1, { at: NOON - 31 * DAY_MS, day: 20_000 })],
      bundle.features,
    );
    const person = aPerson("ann", { state, filledTo: 1 });
    expect(await fillFeatures(unread, person, NOON, bundle)).toMatchObject({ filledTo: 2, state });
    expect(await fillFeatures(unread, { ...person, filledTo: 2 }, NOON, bundle)).toBeUndefined();
  });

  test("a person's history is that of everyone they absorbed", async () => {
    const world = openRetierWorld();
    await world.fold([
      view(1, { identifiers: [["anonymousId", "a-1"]] }),
      view(2, { identifiers: [["userId", "u-1"]] }),
    ]);
    await world.fold([
      view(3, {
        identifiers: [
          ["userId", "u-1"],
          ["anonymousId", "a-1"],
        ],
      }),
    ]);
    await world.define(viewer);
    await world.run();
    const [living] = world.ports.profiles.all().filter(({ mergedInto }) => mergedInto === undefined);
    expect(living && viewsOf(living)).toEqual([3]);
    expect([...(living?.memberships.keys() ?? [])]).toEqual(["tag:viewer"]);
  });

  test("an answer is warming before, and complete after", async () => {
    const world = openRetierWorld();
    await world.fold([view(1), view(2), view(3)]);
    await world.define(viewer);
    const why = async () => {
      const [ann] = world.ports.profiles.all();
      const bundle = await world.ports.definitions.get();
      return ann && explainMembership(ann, NOON, bundle, "tag:viewer" as MembershipKey);
    };
    expect(await why()).toMatchObject({ holds: false, warmingUntil: Infinity });
    await world.run();
    const after = await why();
    expect(after).toMatchObject({ holds: true });
    expect(after?.warmingUntil).toBeUndefined();
  });
});

describe("a worker with older definitions, while a person is filled", () => {
  test("an event that it folds in between, or after, counts once", async () => {
    for (const moment of ["between", "after"] as const) {
      const world = openRetierWorld();
      const older = await world.ports.definitions.get();
      const stale = {
        ...world.ports,
        definitions: { get: async () => older, atLeast: world.ports.definitions.atLeast },
      };
      await world.fold([view(1), view(2)]);
      await world.define(viewer);
      const [found] = world.ports.profiles.all();
      if (!found) throw new Error("nobody");
      let isRead = false;
      const activity = {
        ...world.ports.activity,
        list: async (...query: Parameters<typeof world.ports.activity.list>) => {
          const page = await world.ports.activity.list(...query);
          // The log was read, and the person is not yet written.
          if (moment === "between" && !isRead) await world.fold([view(3)], stale);
          isRead = true;
          return page;
        },
      };
      await retierPerson({ ...world.ports, activity }, found, 1);
      if (moment === "after") await world.fold([view(3)], stale);
      const [ann] = world.ports.profiles.all();
      expect(ann && viewsOf(ann)).toEqual([3]);
      expect(ann).toMatchObject({ filledTo: 1, bundleVersion: 1 });
      expect([...(ann?.memberships.keys() ?? [])]).toEqual(["tag:viewer"]);
    }
  });
});

describe("what others left half done", () => {
  test("a merge of which only the intent was written is brought to its end", async () => {
    const world = openRetierWorld();
    await world.fold([
      view(1, { identifiers: [["anonymousId", "a-1"]] }),
      view(2, { identifiers: [["userId", "u-1"]] }),
    ]);
    const [a, b] = world.ports.profiles.all();
    if (!a || !b) throw new Error("two people");
    await recordIntent(world.ports, a, b);
    await world.define(viewer);
    await world.run();
    const living = world.ports.profiles.all().filter(({ mergedInto }) => mergedInto === undefined);
    expect(living.map(({ intent }) => intent)).toEqual([undefined]);
    expect(living.map(viewsOf)).toEqual([[2]]);
    expect((await finishMerges(world.ports, a.id)).id).toBe(living[0]?.id);
  });

  test("an outbox that nobody published is published once more and emptied", async () => {
    const world = openRetierWorld();
    await world.define(viewer);
    const deaf = { ...world.ports, facts: { publish: () => Promise.reject(new Error("the stream is down")) } };
    await expect(world.fold([view(1), view(2), view(3)], deaf)).rejects.toThrow("not folded");
    expect(world.ports.profiles.all().map(({ outbox }) => outbox.length)).toEqual([1]);
    await world.run();
    expect(world.ports.profiles.all().map(({ outbox }) => outbox.length)).toEqual([0]);
    expect(world.ports.facts.published).toHaveLength(1);
    expect(world.ports.tags.rows()).toHaveLength(1);
  });
});
