import * as z from "zod";
import { CountWindow, DayWindow, Duration } from "../duration.ts";
import { PropertyCondition, TraitCondition } from "./condition.ts";
import { AmountRange, CountRange, checkRange } from "./range.ts";

const EventName = z.string().min(1).max(256);
const Where = z.array(PropertyCondition).min(1).max(50);

/** How often an event was done: `atLeast` (1 unless said) to `atMost` times, or on that many distinct days. */
export const Did = z
  .strictObject({
    event: EventName,
    where: Where.optional(),
    within: CountWindow.optional(),
    atLeast: z.int().nonnegative().optional(),
    atMost: z.int().nonnegative().optional(),
    on: z.literal("days").optional(),
  })
  .superRefine((did, context) => {
    if (did.on === "days" && !did.within?.endsWith("d")) {
      const message = "distinct days are counted within a window of days";
      context.addIssue({ code: "custom", path: ["within"], message, params: { code: "window_days_only" } });
    }
    if (did.atMost !== undefined && did.atMost < (did.atLeast ?? 1)) {
      const message = "atMost is below atLeast, which is 1 unless said; for never, write not: { did: … }";
      context.addIssue({ code: "custom", path: ["atMost"], message, params: { code: "range_empty" } });
    }
  });
export type Did = z.infer<typeof Did>;

/** The sum of one property over the events that match; 0 where none does. */
export const Sum = z
  .strictObject({
    event: EventName,
    property: z.string().min(1).max(256),
    where: Where.optional(),
    within: CountWindow.optional(),
    atLeast: z.number().optional(),
    below: z.number().optional(),
  })
  .superRefine(checkRange);
export type Sum = z.infer<typeof Sum>;

/** Different values of more than this are not counted apart. */
const MAX_DISTINCT = 64;

/** How many different values a property has had: texts, numbers, true and false. */
export const Distinct = z.strictObject({
  event: EventName,
  property: z.string().min(1).max(256),
  within: CountWindow.optional(),
  atLeast: z.int().min(1).max(MAX_DISTINCT),
});
export type Distinct = z.infer<typeof Distinct>;

const orderMeasures = {
  count: CountRange.optional(),
  revenue: AmountRange.optional(),
  averageValue: AmountRange.optional(),
  daysSinceLast: CountRange.optional(),
};
export type OrderMeasure = keyof typeof orderMeasures;

/** One measure of a person's orders, cancelled ones left out. */
export const Orders = z
  .strictObject({ ...orderMeasures, within: Duration.optional() })
  .superRefine((orders, context) => {
    const given = Object.keys(orderMeasures).filter((name) => orders[name as OrderMeasure] !== undefined);
    if (orders.daysSinceLast && orders.within?.endsWith("h")) {
      const message = "days since the last order are counted within a window of days";
      context.addIssue({ code: "custom", path: ["within"], message, params: { code: "window_days_only" } });
    }
    if (given.length === 1) return;
    const message = `one of ${Object.keys(orderMeasures).join(", ")} is needed`;
    context.addIssue({ code: "custom", message, params: { code: "measure_one" } });
  });
export type Orders = z.infer<typeof Orders>;

export const ActiveDays = z.strictObject({ within: DayWindow.optional(), atLeast: z.int().positive() });
export type ActiveDays = z.infer<typeof ActiveDays>;

/** Exact hours since the person was last seen. Someone who was never seen is not inactive. */
export const Inactive = z.strictObject({ for: Duration });
export type Inactive = z.infer<typeof Inactive>;

export const Trait = TraitCondition;
export type Trait = z.infer<typeof Trait>;

/** A text, or any of a list. */
const Wanted = z.union([z.string().min(1).max(1024), z.array(z.string().min(1).max(1024)).min(1).max(1000)], {
  error: "a text, or a list of texts",
});
export type Wanted = z.infer<typeof Wanted>;

export const acquisitionFields = ["source", "medium", "campaign", "term", "content", "referrer", "keyword"] as const;
export type AcquisitionField = (typeof acquisitionFields)[number];
const AcquisitionField = z.enum(acquisitionFields);
/** Every field given must match. A field left empty takes the list in `in`. */
const Touch = z
  .partialRecord(AcquisitionField, Wanted.nullable())
  .refine((touch) => Object.keys(touch).length > 0, { error: "name a field", params: { code: "field_missing" } });
const AcquisitionTouch = z.union([AcquisitionField, Touch], {
  error: `one of ${acquisitionFields.join(", ")}, or an object of them`,
});

/** `{ first: { source: google, medium: [cpc, ppc] } }`, or one field and its values: `{ last: source, in: [bing] }`. */
export const Acquisition = z
  .strictObject({
    first: AcquisitionTouch.optional(),
    last: AcquisitionTouch.optional(),
    in: z.array(z.string().min(1).max(1024)).min(1).max(1000).optional(),
  })
  .superRefine((acquisition, context) => {
    const { first, last } = acquisition;
    const touch = first ?? last;
    if (touch === undefined || (first !== undefined && last !== undefined)) {
      const message = "either first or last is needed";
      context.addIssue({ code: "custom", message, params: { code: "touch_one" } });
      return;
    }
    const open = typeof touch === "string" || Object.values(touch).includes(null);
    if (open !== (acquisition.in !== undefined)) {
      const message = open ? "in is needed: the values of the field" : "in needs a field left without a value";
      context.addIssue({ code: "custom", path: ["in"], message, params: { code: "touch_values" } });
    }
  });
export type Acquisition = z.infer<typeof Acquisition>;

function needsField(fields: Record<string, unknown>): boolean {
  return Object.values(fields).some((value) => value !== undefined);
}
const FIELD_MISSING = { error: "name a field", params: { code: "field_missing" } };

/** Where the last event with a place came from. */
export const Place = z
  .strictObject({ country: Wanted.optional(), region: Wanted.optional(), city: Wanted.optional() })
  .refine(needsField, FIELD_MISSING);
export type Place = z.infer<typeof Place>;

/** The device of the last event with one. */
export const Device = z
  .strictObject({ platform: Wanted.optional(), os: Wanted.optional(), app: Wanted.optional() })
  .refine(needsField, FIELD_MISSING);
export type Device = z.infer<typeof Device>;

/** The day of a date returns each year: it falls on today or one of the days after it, as many as `within` says in all.
 *  The date itself is no anniversary; 29 February falls on 28 February in other years. */
export const Anniversary = z.strictObject({ trait: z.string().min(1).max(256), within: DayWindow });
export type Anniversary = z.infer<typeof Anniversary>;

/** Any of these texts is among the `top` (1 unless said) values of a property that the person chooses most. An event
 *  weighs half after four weeks (layers/domain/profile/preferences.ts). */
export const Prefers = z.strictObject({
  of: EventName,
  property: z.string().min(1).max(256),
  in: z.array(z.string().min(1).max(1024)).min(1).max(1000),
  top: z.int().min(1).max(50).optional(),
});
export type Prefers = z.infer<typeof Prefers>;

/** What the person last said of one purpose and channel, or of every channel (`*`). `granted: false` asks for a refusal:
 *  someone who said nothing is in neither. */
export const Consent = z.strictObject({
  purpose: z.string().min(1).max(64),
  channel: z.string().min(1).max(64),
  granted: z.boolean().optional(),
});
export type Consent = z.infer<typeof Consent>;

function nameOf(kind: string) {
  return z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, `the name of a ${kind}`);
}

/** Another tag, by its name. */
export const Tag = nameOf("tag");

/** A segment, by its name. */
export const Segment = nameOf("segment");

/** The person stands on one of these rungs of a ladder. */
export const Tier = z.strictObject({ ladder: nameOf("ladder"), in: z.array(nameOf("tier")).min(1).max(100) });
export type Tier = z.infer<typeof Tier>;

const Scores = z.array(z.int().min(1).max(5)).min(1).max(5);

/** Quintile scores of recency, frequency and money among buyers, and the mean of the last two: every one given must be
 *  among those listed. */
export const Rfm = z
  .strictObject({ r: Scores.optional(), f: Scores.optional(), m: Scores.optional(), fm: Scores.optional() })
  .refine(needsField, FIELD_MISSING);
export type Rfm = z.infer<typeof Rfm>;

/** The top of a population: `atLeast: 0.8` is the best fifth. */
export const Quantile = z.strictObject({
  of: z.union(
    [
      z.enum(["orders.count", "orders.revenue", "orders.daysSinceLast"]),
      z.strictObject({
        sum: z.strictObject({
          event: EventName,
          property: z.string().min(1).max(256),
          where: Where.optional(),
          within: CountWindow.optional(),
        }),
      }),
    ],
    { error: "orders.count, orders.revenue, orders.daysSinceLast, or { sum: { event, property } }" },
  ),
  among: z.enum(["buyers", "all"]).optional(),
  atLeast: z.number().gt(0).lt(1),
});
export type Quantile = z.infer<typeof Quantile>;
