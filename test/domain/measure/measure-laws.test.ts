import fc from "fast-check";
import { expect, test } from "vitest";
import { addPerson } from "#domain/measure/add-person.ts";
import type { Frame } from "#domain/measure/frame.ts";
import { measuresOf } from "#domain/measure/measures-of.ts";
import { decodeTally, encodeTally, mergeTallies, newTally, type Tally } from "#domain/measure/tally.ts";
import type { Profile } from "#domain/profile/state.ts";
import { figuresOf } from "./oracle.ts";
import { arbitraryWorld, mergedAway, settle } from "./worlds.ts";

const RUNS = { numRuns: 150 };

function tallyOf(profiles: readonly Profile[], frame: Frame): Tally {
  const tally = newTally();
  for (const profile of profiles) addPerson(tally, profile, frame);
  return tally;
}

/** By `metric|by|day|dimension`. */
function measured(tally: Tally, frame: Frame): Map<string, number> {
  const { figures } = measuresOf(tally, frame);
  return new Map(
    figures.map(({ metric, by, day, dimension, value }) => [[metric, by, day, dimension].join("|"), value]),
  );
}

test("every figure is what the raw events of everyone say, and told once", () => {
  fc.assert(
    fc.property(arbitraryWorld, (world) => {
      const { profiles, frame } = settle(world);
      const tally = tallyOf(profiles, frame);
      const told = measured(tally, frame);
      expect(told.size).toBe(measuresOf(tally, frame).figures.length);
      expect(Object.fromEntries(told)).toEqual(Object.fromEntries(figuresOf(world)));
    }),
    RUNS,
  );
});

test("any slices of everyone, merged in any order and by way of JSON, give the same figures", () => {
  fc.assert(
    fc.property(arbitraryWorld, fc.infiniteStream(fc.nat({ max: 1_000 })), (world, draw) => {
      const { profiles, frame } = settle(world);
      const pick = (below: number) => (draw.next().value ?? 0) % below;
      const slices: Profile[][] = [[], [], [], []];
      for (const profile of profiles) slices[pick(slices.length)]?.push(profile);
      let tallies = slices.map((slice) => tallyOf(slice, frame));
      while (tallies.length > 1) {
        const [a = newTally()] = tallies.splice(pick(tallies.length), 1);
        const [b = newTally()] = tallies.splice(pick(tallies.length), 1);
        const merged: unknown = JSON.parse(JSON.stringify(encodeTally(mergeTallies(a, b))));
        tallies = [...tallies, decodeTally(merged)];
      }
      const [merged = newTally()] = tallies;
      const sorted = (tally: Tally) => [...measured(tally, frame)].toSorted(([a], [b]) => (a < b ? -1 : 1));
      expect(sorted(merged)).toEqual(sorted(tallyOf(profiles, frame)));
    }),
    RUNS,
  );
});

test("merging leaves both tallies as they were", () => {
  fc.assert(
    fc.property(arbitraryWorld, (world) => {
      const { profiles, frame } = settle(world);
      const tally = tallyOf(profiles, frame);
      const before = encodeTally(tally);
      mergeTallies(tally, tally);
      expect(encodeTally(tally)).toEqual(before);
    }),
    { numRuns: 50 },
  );
});

test("people who were merged into another add nothing", () => {
  fc.assert(
    fc.property(arbitraryWorld, (world) => {
      const { profiles, frame } = settle(world);
      const tally = tallyOf([...profiles, ...profiles.map(mergedAway)], frame);
      expect(measured(tally, frame)).toEqual(measured(tallyOf(profiles, frame), frame));
    }),
    { numRuns: 50 },
  );
});
