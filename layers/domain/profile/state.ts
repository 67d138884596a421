import type { Acquisition, Device, Place } from "#events/collected-event.ts";
import type { Fact } from "#events/fact.ts";
import type { DistinctValues } from "./distinct-values.ts";
import type { Preference } from "./preferences.ts";

declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };
/** `p_` and 26 characters: a hash of the first identifier and its generation. */
export type ProfileId = Brand<string, "ProfileId">;
/** `type:value`, the key of the Identities table. */
export type IdentifierKey = Brand<string, "IdentifierKey">;
/** `tag:frequent-buyer`, `tag:top-category=coffee`, `segment:win-back`, `tier:value=high`. */
export type MembershipKey = Brand<string, "MembershipKey">;

/** The order in which writes of one register win: by time, then by the 8-byte hash of the messageId. */
export interface Stamp {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly message: bigint;
}
export interface Stamped<T> extends Stamp {
  readonly value: T;
}

/** Every component a trait has been written through, whatever its mode: they merge apart, so a change of mode never
 *  costs commutativity. `at` of a component is its newest write. */
export interface TraitState {
  readonly overwrite?: Stamped<unknown>;
  readonly setOnce?: Stamped<unknown> & { readonly newestAt: number };
  /** Ten-thousandths. */
  readonly add?: { readonly sum: number; readonly newestAt: number };
  readonly append?: { readonly values: ReadonlySet<string>; readonly newestAt: number };
  /** A tombstone: components not written after it are hidden. */
  readonly unsetAt?: number;
}

export interface OrderState {
  /** Earliest completion or update: milliseconds since 1970, and its calendar day. Absent: only a cancellation was seen. */
  readonly placed?: { readonly at: number; readonly day: number };
  /** Minor units of the project's currency. Absent: no amount could be known. */
  readonly amount?: Stamped<number>;
  readonly items?: Stamped<number>;
  readonly status: Stamped<"completed" | "cancelled">;
}

/** What orders beyond the cap were rolled into. */
export interface RolledOrders {
  readonly count: number;
  readonly amountMinor: number;
  readonly items: number;
  /** Orders placed at or before this instant may be in the roll. */
  readonly upTo: number;
  readonly firstAt: number;
}

/** The last word on one purpose and channel; at the same instant a refusal wins. */
export interface ConsentState {
  readonly granted: boolean;
  readonly at: number;
  readonly proof?: string;
  /** A grant from a public source holds only if this identifier was the person's before `at` (model.md §7). */
  readonly grantedBy?: IdentifierKey;
  /** A grant that a collector stamped, and not who writes refusals down: their clocks may differ. */
  readonly collected?: boolean;
}

/** Integers by bucket: a calendar day, an hour since 1970, or 0 for all time, as the feature's unit says. */
export type Buckets = ReadonlyMap<number, number>;

/** A person's state: a product of small mergeable types (model.md §3). Every part is immutable. */
export interface ProfileState {
  /** With the instant from which each was known. */
  readonly identifiers: ReadonlyMap<IdentifierKey, number>;
  readonly absorbed: ReadonlySet<ProfileId>;
  /** Identifiers of both sides of an un-merge: an event that links two of them does not merge the people again. */
  readonly separated: ReadonlySet<IdentifierKey>;
  readonly firstSeen?: number;
  readonly lastSeen?: number;
  readonly platforms: ReadonlyMap<string, { readonly firstSeen: number; readonly lastSeen: number }>;
  readonly traits: ReadonlyMap<string, TraitState>;
  /** Calendar days, at most the newest 400. */
  readonly activeDays: ReadonlySet<number>;
  /** By feature id (rules/features.ts). */
  readonly features: ReadonlyMap<string, Buckets>;
  /** By feature id: the different values that a rule counts. */
  readonly distincts: ReadonlyMap<string, DistinctValues>;
  /** By feature id: weekly counts of the values that a rule ranks. */
  readonly preferences: ReadonlyMap<string, Preference>;
  readonly orders: ReadonlyMap<string, OrderState>;
  readonly rolledOrders?: RolledOrders;
  /** Refunded amount by order id, minor units (0 where the amount is unknown). */
  readonly refunds: ReadonlyMap<string, Stamped<number>>;
  readonly rolledRefunds?: { readonly count: number; readonly amountMinor: number };
  readonly firstAcquisition?: Stamped<Acquisition>;
  readonly lastAcquisition?: Stamped<Acquisition>;
  readonly place?: Stamped<Place>;
  readonly device?: Stamped<Device>;
  /** By `purpose.channel`. */
  readonly consent: ReadonlyMap<string, ConsentState>;
  /** Dedupe memory: hash of messageId → receivedAt in whole seconds. */
  readonly seen: ReadonlyMap<bigint, number>;
  /** Tags set or removed by hand: last writer. */
  readonly manualTags: ReadonlyMap<string, { readonly on: boolean; readonly at: number; readonly by: string }>;
  /** Newest `at` and `day` of any event: what is pruned is judged against these, never against now. */
  readonly newestAt: number;
  readonly newestDay: number;
  readonly newestReceivedAt: number;
  /** Names of the parts whose cap was reached. */
  readonly truncated: ReadonlySet<string>;
}

/** A membership as it is stored: why it holds is computed again when asked. */
export interface Membership {
  readonly since: number;
  /** The first instant at which it can change with no new event; Infinity: never. */
  readonly until: number;
  readonly definitionVersion: number;
}

/** The tier that a person stepped on, and when. */
export interface TierChange {
  readonly tier: string;
  readonly at: number;
}

/** The last changes of tier by ladder, oldest first: the last is where the person stands, the one before it where it
 *  stood before (memberships/tier-history.ts). */
export type TierHistory = ReadonlyMap<string, readonly TierChange[]>;

/** A merge that is under way: the winner says so, and reserves the loser's identifiers, before the loser is frozen. */
export interface MergeIntent {
  readonly loser: ProfileId;
  readonly identifiers: readonly IdentifierKey[];
}

/** An un-merge: this person is no more, and became two, each with an id that was never used before. */
export interface Split {
  /** The person who had been absorbed and is taken out. */
  readonly loser: ProfileId;
  /** Who has the events of the identifiers that the loser held when it was merged. */
  readonly taken: ProfileId;
  /** Who has all others. */
  readonly kept: ProfileId;
}

/** A person as stored: the state, what was derived from it, and the bookkeeping of exactly-once. */
export interface Profile {
  readonly id: ProfileId;
  /** 0: not stored yet. */
  readonly version: number;
  readonly createdAt: number;
  /** Frozen: this person's state is, or is about to be, part of that older one. */
  readonly mergedInto?: ProfileId;
  readonly intent?: MergeIntent | undefined;
  readonly split?: Split;
  readonly state: ProfileState;
  readonly memberships: ReadonlyMap<MembershipKey, Membership>;
  /** Derived like the memberships, and never merged. Absent: none. */
  readonly tierHistory?: TierHistory;
  /** The version of the definitions that evaluated it. */
  readonly bundleVersion: number;
  /** Features of definitions up to this version count every event of the person; those of later versions only what came
   *  since. Absent: 0. */
  readonly filledTo?: number;
  /** The earliest `until` of any answer at the last evaluation; Infinity: none. */
  readonly reviewAt: number;
  /** When the person's review timer falls due. Its row was written before this state, at or before `reviewAt`. Absent: it
   *  has none. */
  readonly timerAt?: number | undefined;
  readonly outbox: readonly Fact[];
}
