import type { Acquisition, CollectedEvent, TraitWriteMode } from "#events/collected-event.ts";
import type { JsonObject } from "./json-object.ts";

export type CallType = CollectedEvent["type"];

/** Something that may identify the person. A `main` one is the call's own claim of who it is about: where the sender got
 *  its type or length wrong the whole call is refused; any other is left out on its own. */
export interface IdentifierCandidate {
  readonly type: string;
  readonly value: unknown;
  readonly main: boolean;
}

/** A call of any wire, read into one shape; nothing in it is settled yet. */
export interface ReadCall {
  readonly type: CallType;
  readonly event?: string | undefined;
  readonly messageId?: string | undefined;
  readonly candidates: readonly IdentifierCandidate[];
  /** The claimed time, milliseconds since 1970. */
  readonly claimedAt?: number | undefined;
  readonly sentAt?: number | undefined;
  readonly traits?: JsonObject | undefined;
  /** How the traits are written where the call itself says so, whatever their definitions say. */
  readonly writeMode?: TraitWriteMode | undefined;
  readonly properties?: JsonObject | undefined;
  readonly visit: {
    readonly said: Acquisition;
    readonly pageUrl: string | undefined;
    readonly referrer: string | undefined;
  };
  readonly os?: string | undefined;
  readonly app?: string | undefined;
  /** Of the person, as a server tells it. */
  readonly ip?: string | undefined;
  readonly userAgent?: string | undefined;
}
