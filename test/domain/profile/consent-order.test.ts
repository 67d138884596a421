import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mergeConsent } from "#domain/profile/consent.ts";
import type { ConsentState } from "#domain/profile/state.ts";
import { NOON } from "../../support/people.ts";

const MINUTE_MS = 60_000;

/** Words of a few minutes, many of them at the same instant or exactly a minute apart. */
const words: fc.Arbitrary<ConsentState> = fc
  .record({
    granted: fc.boolean(),
    seconds: fc.integer({ min: 0, max: 20 }),
    proof: fc.option(fc.constantFrom("a", "b"), { nil: undefined }),
    collected: fc.boolean(),
  })
  .map(({ granted, seconds, proof, collected }) => ({
    granted,
    at: NOON + seconds * 10_000,
    ...(proof !== undefined && { proof }),
    ...(granted && collected && { collected }),
  }));

describe("the last word on a consent", () => {
  test("is the same in any order, however often a word comes", () => {
    fc.assert(
      fc.property(words, words, words, (a, b, c) => {
        expect(mergeConsent(a, b)).toEqual(mergeConsent(b, a));
        expect(mergeConsent(mergeConsent(a, b), c)).toEqual(mergeConsent(a, mergeConsent(b, c)));
        expect(mergeConsent(a, a)).toEqual(a);
      }),
      { numRuns: 2_000 },
    );
  });

  test("is the refusal where a collector stamped the grant up to a minute later, and else the later word", () => {
    fc.assert(
      fc.property(words, words, (refusal, grant) => {
        const { collected: _, ...word } = refusal;
        const last = mergeConsent({ ...word, granted: false }, { ...grant, granted: true });
        const ahead = grant.collected ? MINUTE_MS : 0;
        expect(last.granted).toBe(grant.at > refusal.at + ahead);
      }),
      { numRuns: 2_000 },
    );
  });
});
