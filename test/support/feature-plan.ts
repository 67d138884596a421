import type { FeaturePlan, FeatureSpec } from "#domain/rules/features.ts";

const matches = () => true;
const specs: FeatureSpec[] = [
  { id: "views", event: "Product Viewed", measure: "count", unit: "day", matches, keep: 30 },
  {
    id: "views-ever",
    event: "Product Viewed",
    measure: "count",
    unit: "ever",
    matches,
    keep: Number.POSITIVE_INFINITY,
  },
  { id: "views-hour", event: "Product Viewed", measure: "count", unit: "hour", matches, keep: 48 },
  { id: "spent", event: "Order Completed", measure: { sum: "revenue" }, unit: "day", matches, keep: 10 },
];

/** A plan with a feature of every unit and measure. */
export const samplePlan: FeaturePlan = {
  byEvent: Map.groupBy(specs, ({ event }) => event),
  byId: new Map(specs.map((spec) => [spec.id, spec])),
};
