import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeState, encodeState } from "#domain/profile/codec.ts";
import { emptyState } from "#domain/profile/empty-state.ts";
import { foldEvents } from "#domain/profile/fold.ts";
import { mergeStates } from "#domain/profile/merge.ts";
import type { IdentifierKey, ProfileState } from "#domain/profile/state.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { arbitraryEvents } from "../../support/arbitrary-events.ts";
import { comparableState } from "../../support/comparable-state.ts";
import { samplePlan } from "../../support/feature-plan.ts";
import { anEvent } from "../../support/people.ts";

const RUNS = { numRuns: 1000 };
const claimed: ProfileState = {
  ...emptyState(),
  identifiers: new Map([["anonymousId:a-1" as IdentifierKey, Infinity]]),
};
const fold = (state: ProfileState, events: readonly CollectedEvent[]) => foldEvents(state, events, samplePlan).state;
const foldOneByOne = (events: readonly CollectedEvent[]) =>
  events.reduce((state, event) => fold(state, [event]), claimed);
const same = (a: ProfileState, b: ProfileState) => expect(comparableState(a)).toEqual(comparableState(b));

/** Events, and the same events in another order with some of them twice. */
const withReplay = arbitraryEvents().chain((events) =>
  fc.record({
    events: fc.constant(events),
    replay: fc
      .tuple(
        fc.shuffledSubarray(events, { minLength: events.length }),
        events.length === 0 ? fc.constant([]) : fc.array(fc.constantFrom(...events), { maxLength: 6 }),
      )
      .map(([all, again]) => [...all, ...again]),
    cut: fc.nat({ max: 20 }),
  }),
);

describe("the laws of folding (model.md §3)", () => {
  test("any permutation, batching and duplication of the same events gives the same state", () => {
    fc.assert(
      fc.property(withReplay, ({ events, replay, cut }) => {
        const expected = fold(claimed, events);
        same(fold(fold(claimed, replay.slice(0, cut)), replay.slice(cut)), expected);
        same(foldOneByOne(replay), expected);
      }),
      RUNS,
    );
  });

  test("folding what was seen changes nothing and gives back the very state", () => {
    fc.assert(
      fc.property(arbitraryEvents(), (events) => {
        const state = fold(claimed, events);
        const again = foldEvents(state, events, samplePlan);
        expect(again.applied).toEqual([]);
        expect(again.state).toBe(state);
      }),
      RUNS,
    );
  });

  test("a state that was folded upon is not touched", () => {
    fc.assert(
      fc.property(arbitraryEvents(), arbitraryEvents({ prefix: "n" }), (first, second) => {
        const state = fold(claimed, first);
        const before = JSON.stringify(comparableState(state));
        fold(state, second);
        mergeStates(state, fold(claimed, second), samplePlan);
        expect(JSON.stringify(comparableState(state))).toBe(before);
      }),
      RUNS,
    );
  });
});

describe("the laws of merging (model.md §3)", () => {
  test("merge is commutative and associative over disjoint events", () => {
    fc.assert(
      fc.property(
        arbitraryEvents({ prefix: "a", maxLength: 8 }),
        arbitraryEvents({ prefix: "b", maxLength: 8 }),
        arbitraryEvents({ prefix: "c", maxLength: 8 }),
        (first, second, third) => {
          const [a, b, c] = [fold(claimed, first), fold(claimed, second), fold(claimed, third)];
          const merge = (x: ProfileState, y: ProfileState) => mergeStates(x, y, samplePlan);
          same(merge(a, b), merge(b, a));
          same(merge(merge(a, b), c), merge(a, merge(b, c)));
          same(merge(a, b), fold(claimed, [...first, ...second]));
        },
      ),
      RUNS,
    );
  });

  test("what grew old by the hour goes, also where the newer event does not concern it", () => {
    const at = Date.UTC(2026, 1, 7);
    const seen = { receivedAt: at, identifiers: [["anonymousId", "a-1"]] as [string, string][] };
    const viewed = anEvent("page", { ...seen, event: "Page Viewed", properties: { amount: 5 }, at });
    const morning = anEvent("morning", { ...seen, event: "Other", at: at + 48 * 3_600_000 });
    const evening = anEvent("evening", { ...seen, event: "Other", at: at + 54 * 3_600_000 });
    const [a, b] = [fold(claimed, [viewed]), fold(claimed, [morning])];
    expect(a.distincts.has("amounts-hour")).toBe(true);
    expect(mergeStates(a, b, samplePlan).distincts.has("amounts-hour")).toBe(true);
    expect(fold(mergeStates(a, b, samplePlan), [evening]).distincts.has("amounts-hour")).toBe(false);
    same(fold(mergeStates(a, b, samplePlan), [evening]), mergeStates(a, fold(b, [evening]), samplePlan));
  });

  test("an event unseen by both may be folded before or after they merge", () => {
    fc.assert(
      fc.property(
        arbitraryEvents({ prefix: "a" }),
        arbitraryEvents({ prefix: "b" }),
        arbitraryEvents({ prefix: "e", maxLength: 3 }),
        (first, second, events) => {
          const [a, b] = [fold(claimed, first), fold(claimed, second)];
          same(fold(mergeStates(a, b, samplePlan), events), mergeStates(fold(a, events), b, samplePlan));
        },
      ),
      RUNS,
    );
  });
});

describe("the codec", () => {
  test("decoding gives back what was encoded", () => {
    fc.assert(
      fc.property(arbitraryEvents({ maxLength: 40 }), (events) => {
        const state: ProfileState = {
          ...fold(emptyState(), events),
          identifiers: new Map([["userId:u-1" as IdentifierKey, 1_700_000_000_000]]),
          manualTags: new Map([["vip", { on: true, at: 1_700_000_000_001, by: "token:ops" }]]),
          truncated: new Set(["orders"]),
        };
        same(decodeState(encodeState(state)), state);
      }),
      RUNS,
    );
  });

  test("a state that was decoded folds on as the original does", () => {
    fc.assert(
      fc.property(arbitraryEvents(), arbitraryEvents({ prefix: "n" }), (first, second) => {
        const state = fold(emptyState(), first);
        same(fold(decodeState(encodeState(state)), second), fold(state, second));
      }),
      RUNS,
    );
  });

  test("bytes that it did not make are refused", () => {
    expect(() => decodeState(Buffer.from([9, 1, 2]))).toThrow(RangeError);
    expect(() => decodeState(encodeState(fold(emptyState(), [])).subarray(0, 4))).toThrow(RangeError);
  });
});
