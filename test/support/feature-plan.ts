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
  { id: "amounts", event: "Product Viewed", measure: { distinct: "amount" }, unit: "day", matches, keep: 10 },
  { id: "amounts-hour", event: "Page Viewed", measure: { distinct: "amount" }, unit: "hour", matches, keep: 48 },
  {
    id: "categories-ever",
    event: "Product Viewed",
    measure: { distinct: "category" },
    unit: "ever",
    matches,
    keep: Number.POSITIVE_INFINITY,
  },
  { id: "taste", event: "Product Viewed", measure: { prefer: "category" }, unit: "week", matches, keep: 52 },
  { id: "spent", event: "Order Completed", measure: { sum: "revenue" }, unit: "day", matches, keep: 10 },
];

/** A plan with a feature of every unit and measure. */
export const samplePlan: FeaturePlan = {
  byEvent: Map.groupBy(specs, ({ event }) => event),
  byId: new Map(specs.map((spec) => [spec.id, spec])),
};
