import type { ProfileId } from "#domain/profile/state.ts";

/** One statement about a consent, as the ledger keeps it for ever. */
export interface ConsentEntry {
  /** The event that said so: the same event is never there twice. */
  readonly messageId: string;
  readonly purpose: string;
  /** A channel, or `*` for all. */
  readonly channel: string;
  readonly granted: boolean;
  /** When it was said: milliseconds since 1970. */
  readonly at: number;
  /** When it reached us. */
  readonly receivedAt: number;
  /** The name of the source that sent it. */
  readonly source: string;
  /** Who recorded it. */
  readonly collectedBy?: string;
  /** Which wording the person saw. */
  readonly textVersion?: string;
  readonly proof?: string;
}

export interface ConsentPage {
  readonly entries: readonly ConsentEntry[];
  readonly cursor?: string;
}

/** The consent ledger: append-only, nothing in it is ever changed. */
export interface ConsentStore {
  /** Adds what is not there yet; an entry that is there stays as it is. */
  append(profileId: ProfileId, entries: readonly ConsentEntry[]): Promise<void>;
  /** Newest first, by `placeOf`; what comes behind `cursor`, which is such a place and good for the ledger of any person.
   *  Strongly consistent. */
  list(profileId: ProfileId, query: { readonly cursor?: string; readonly limit: number }): Promise<ConsentPage>;
}
