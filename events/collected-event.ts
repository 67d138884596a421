import * as z from "zod";

/** Where a write key's calls come from. The first five are public: anyone can read their key out of a page or an app. */
export const SourceType = z.enum([
  "web",
  "android",
  "ios",
  "mini-program",
  "official-account",
  "server",
  "crm",
  "store",
  "import",
]);
export type SourceType = z.infer<typeof SourceType>;

/** `[type, value]`, normalised by collection: `["userId", "u-1"]`, `["email", "ann@example.com"]`. */
export const Identifier = z.tuple([z.string().min(1), z.string().min(1)]);
export type Identifier = z.infer<typeof Identifier>;

export const TraitMode = z.enum(["overwrite", "setOnce", "add", "append"]);
export type TraitMode = z.infer<typeof TraitMode>;

/** How one value is written. `unset` leaves a tombstone that hides what was written before it. */
export const TraitWriteMode = z.enum([...TraitMode.options, "unset"]);
export type TraitWriteMode = z.infer<typeof TraitWriteMode>;

export const Acquisition = z.object({
  source: z.string().optional(),
  medium: z.string().optional(),
  campaign: z.string().optional(),
  term: z.string().optional(),
  content: z.string().optional(),
  referrer: z.string().optional(),
  keyword: z.string().optional(),
});
export type Acquisition = z.infer<typeof Acquisition>;

export const Place = z.object({
  country: z.string().optional(),
  region: z.string().optional(),
  city: z.string().optional(),
});
export type Place = z.infer<typeof Place>;

export const Device = z.object({
  platform: z.string().optional(),
  os: z.string().optional(),
  app: z.string().optional(),
});
export type Device = z.infer<typeof Device>;

/** What an order event says, with money already in minor units of the project's currency (absent: no rate was known). */
export const OrderChange = z.object({
  kind: z.enum(["completed", "updated", "cancelled", "refunded"]),
  id: z.string(),
  amountMinor: z.int().optional(),
  items: z.int().optional(),
});
export type OrderChange = z.infer<typeof OrderChange>;

export const ConsentChange = z.object({
  purpose: z.string(),
  channel: z.string(),
  granted: z.boolean(),
  textVersion: z.string().optional(),
  proof: z.string().optional(),
  collectedBy: z.string().optional(),
});
export type ConsentChange = z.infer<typeof ConsentChange>;

/** One call as collection stamped it: everything that depends on the clock, the request or the settings is settled
 *  here, so that folding it later, again or elsewhere gives the same result (model.md §1 and §3). */
export const CollectedEvent = z.object({
  messageId: z.string().min(1),
  type: z.enum(["track", "identify", "page", "screen", "group", "alias"]),
  /** The name of a track call; `Page Viewed` and `Screen Viewed` for page and screen calls; absent otherwise. */
  event: z.string().optional(),
  /** Strongest first; never empty. */
  identifiers: z.array(Identifier).min(1),
  /** When it happened, corrected for the client's clock: milliseconds since 1970. */
  at: z.int(),
  receivedAt: z.int(),
  /** Calendar day of `at` in the project's time zone: days since 1970-01-01. */
  day: z.int(),
  source: z.object({ name: z.string(), type: SourceType }),
  /** True if it moves firstSeen, lastSeen and active days (definitions.md, Activity). */
  activity: z.boolean(),
  traits: z.record(z.string(), z.unknown()).optional(),
  /** Only for traits that are not plainly overwritten. */
  traitModes: z.record(z.string(), TraitWriteMode).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  /** Monetary properties (`revenue`, `total`, `value`…) in minor units of the project's currency. */
  money: z.record(z.string(), z.int()).optional(),
  order: OrderChange.optional(),
  consent: ConsentChange.optional(),
  acquisition: Acquisition.optional(),
  place: Place.optional(),
  device: Device.optional(),
  /** What collection noticed without refusing: `no_rate`, `protected_trait_dropped`, `clock_corrected`… */
  flags: z.array(z.string()).optional(),
});
export type CollectedEvent = z.infer<typeof CollectedEvent>;
