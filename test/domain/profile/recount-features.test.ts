import fc from "fast-check";
import { expect, test } from "vitest";
import { emptyState } from "#domain/profile/empty-state.ts";
import { foldEvents } from "#domain/profile/fold.ts";
import { recountFeatures, unfilledFeatures } from "#domain/profile/recount-features.ts";
import { planFeatureSpecs } from "#domain/rules/features.ts";
import { samplePlan } from "../../support/feature-plan.ts";
import { NOON } from "../../support/people.ts";
import { aBundle, aTag } from "../memberships/bundles.ts";
import { arbitraryHistory } from "../rules/arbitrary-history.ts";

const specs = [...samplePlan.byId.values()];

test("features that were not kept, counted anew from the log in any order, are those that folding would have kept", () => {
  fc.assert(
    fc.property(arbitraryHistory, fc.subarray(specs), ({ events }, kept) => {
      const truth = foldEvents(emptyState(), events, samplePlan).state;
      const lacking = foldEvents(emptyState(), events, planFeatureSpecs(kept)).state;
      const missing = specs.filter((spec) => !kept.includes(spec));
      expect(recountFeatures(lacking, events.toReversed(), missing)).toEqual(truth);
    }),
    { numRuns: 300 },
  );
});

test("nothing but what was asked for is touched, and what the log does not have is gone", () => {
  const state = {
    ...emptyState(),
    features: new Map([
      ["views", new Map([[5, 1]])],
      ["spent", new Map([[5, 100]])],
    ]),
  };
  const recounted = recountFeatures(
    state,
    [],
    specs.filter(({ id }) => id === "spent"),
  );
  expect(recounted).toEqual({ ...state, features: new Map([["views", new Map([[5, 1]])]]) });
});

test("only features of definitions newer than the last fill are unfilled, and none whose window has passed since", () => {
  const bundle = aBundle(3, [aTag("viewer", { did: { event: "Product Viewed", within: "7d" } })]);
  const id = [...bundle.features.byId.keys()][0] ?? "";
  const day = 86_400_000;
  const memberships = bundle.memberships.map((one) => ({
    ...one,
    reads: [{ id, unit: "day" as const, keep: 7, version: 3, at: NOON }],
  }));
  const unfilled = (filledTo: number, now: number) =>
    unfilledFeatures({ filledTo }, memberships, now, bundle).map((feature) => feature.id);
  expect(unfilled(2, NOON)).toEqual([id]);
  expect(unfilled(3, NOON)).toEqual([]);
  expect(unfilled(2, NOON + 8 * day)).toEqual([]);
});
