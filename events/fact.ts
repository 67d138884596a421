import * as z from "zod";
import { CollectedEvent } from "./collected-event.ts";

/** A change of one person that others act on. `factId` is `profileId:version:n`: the same change always has the same id. */
const FactBase = z.object({
  factId: z.string(),
  profileId: z.string(),
  /** The profile version that made it true. Indexes write only what is newer. */
  version: z.int().positive(),
  /** When it was noticed: milliseconds since 1970. */
  at: z.int(),
});

/** The deciding condition of a rule, with the value that it saw. */
export const Evidence = z.object({
  /** Where in the rule: `all.0.did`. */
  path: z.string(),
  holds: z.boolean(),
  /** The value seen, for example a count. */
  seen: z.unknown(),
  /** What the rule asks for. */
  wants: z.unknown(),
});
export type Evidence = z.infer<typeof Evidence>;

export const MembershipFact = FactBase.extend({
  kind: z.literal("membership"),
  change: z.enum(["entered", "left"]),
  key: z.string(),
  /** The instant from which it held, or no longer held: milliseconds since 1970. */
  since: z.int(),
  definitionVersion: z.int().nonnegative(),
  because: z.array(Evidence),
});
export type MembershipFact = z.infer<typeof MembershipFact>;

/** Another person turned out to be this one and was absorbed; or this one goes on for another after an un-merge. */
export const ProfileMergedFact = FactBase.extend({ kind: z.literal("profile-merged"), merged: z.string() });
export type ProfileMergedFact = z.infer<typeof ProfileMergedFact>;

/** The person did something that a journey names. */
export const EventFact = FactBase.extend({
  kind: z.literal("event"),
  event: z.string(),
  messageId: z.string(),
  /** When it happened: milliseconds since 1970. */
  occurredAt: z.int(),
  properties: CollectedEvent.shape.properties,
  money: CollectedEvent.shape.money,
  /** The properties were too large for a fact: the largest are left out. */
  truncated: z.literal(true).optional(),
});
export type EventFact = z.infer<typeof EventFact>;

export const Fact = z.discriminatedUnion("kind", [MembershipFact, ProfileMergedFact, EventFact]);
export type Fact = z.infer<typeof Fact>;
