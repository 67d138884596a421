/** What a figure is by where it is of everyone together. */
export const EVERYONE = "everyone";

/** What is measured (model.md §8). Every figure counts people who are somebody: people who were merged into another, or
 *  taken apart into two, are left out, and so are items into which nothing was folded. Days are calendar days in the
 *  project's time zone. Orders are those that were placed and not cancelled; revenue is gross, refunds beside it. */
export const METRICS = {
  people: metric("people", [EVERYONE], "Everyone, as of the run."),
  "new-people": metric("people", [EVERYONE], "People first seen on that day."),
  "daily-active-people": metric("people", [EVERYONE], "People active on that day."),
  "weekly-active-people": metric("people", [EVERYONE], "People active on that day or one of the 6 before it."),
  "monthly-active-people": metric("people", [EVERYONE], "People active on that day or one of the 29 before it."),
  stickiness: metric("rate", [EVERYONE], "Daily active people / monthly active people."),
  retention: metric(
    "rate",
    ["age", "cohort", "tier"],
    "Of people first seen on day d, those active on day d+n. By age Dn: of the newest 30 cohorts for which day d+n is over. By cohort: filed under d, of that day's people. By tier: as by age, of people who are in the tier now.",
  ),
  buyers: metric("people", [EVERYONE, "tier"], "People with at least one order, as of the run."),
  orders: metric("orders", [EVERYONE, "tier"], "Orders over all time, as of the run."),
  revenue: metric("money", [EVERYONE, "tier"], "Gross revenue over all time, as of the run."),
  "average-order-value": metric("money", [EVERYONE, "tier"], "Revenue / orders, in minor units with a fraction."),
  "repurchase-rate": metric("rate", [EVERYONE, "tier"], "Buyers with two orders or more / buyers."),
  "median-days-between-purchases": metric(
    "days",
    [EVERYONE],
    "The nearest-rank median of the days between an order and the same person's next one; the same day is 0.",
  ),
  "mean-days-between-purchases": metric(
    "days",
    [EVERYONE],
    "The days from everyone's first order to the last, together / the orders that followed another.",
  ),
  refunds: metric("orders", [EVERYONE], "Orders with a refund over all time, as of the run."),
  "refunded-amount": metric("money", [EVERYONE], "What was refunded over all time, as of the run."),
  "daily-buyers": metric("people", [EVERYONE], "People who placed an order on that day."),
  "daily-orders": metric("orders", [EVERYONE], "Orders placed on that day."),
  "daily-revenue": metric("money", [EVERYONE], "Gross revenue of the orders placed on that day."),
  members: metric("people", ["membership"], "People in each tag, segment and tier, as of the run."),
  "tier-moves": metric(
    "moves",
    ["ladder", "move"],
    "Moves between tiers on that day. By ladder: all of them. By move: `<ladder> <from> <to>`, with - for from where the person had no tier before.",
  ),
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof METRICS;

export interface Metric {
  readonly unit: "people" | "orders" | "money" | "rate" | "days" | "moves";
  /** What it can be had by, the first where nothing is asked for. */
  readonly by: readonly string[];
  readonly definition: string;
}

function metric(unit: Metric["unit"], by: Metric["by"], definition: string): Metric {
  return { unit, by, definition };
}

export function isMetric(name: string): name is MetricName {
  return Object.hasOwn(METRICS, name);
}
