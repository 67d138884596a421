import type { RateLimit } from "#domain/collect/rate-limit.ts";
import type { LinkKey } from "#domain/links/link-token.ts";
import type { CompiledOutcomes } from "#domain/outcomes/compile-outcomes.ts";
import type { CertificateSource } from "#domain/ports/certificate-source.ts";
import type { IdentityStore } from "#domain/ports/identity-store.ts";
import type { InappStore } from "#domain/ports/inapp-store.ts";
import type { ProfileStore } from "#domain/ports/profile-store.ts";
import type { EventStream } from "#domain/ports/streams.ts";
import type { SuppressionStore } from "#domain/ports/suppression-store.ts";
import type { TouchStore } from "#domain/ports/touch-store.ts";

/** What became of links and receipts, as operators watch it. */
export type OutcomeMetric =
  | "LinksForged"
  | "Opened"
  | "OpenedByMachines"
  | "Clicked"
  | "ClickedByMachines"
  | "LinksNotRecorded"
  | "PreferencesShown"
  | "PreferencesSaved"
  | "Unsubscribed"
  | "ReceiptsForged"
  | "ReceiptsTaken"
  | "ReceiptsOfNobody"
  | "OptOutReplies"
  | "InappFetched"
  | "RequestsRejected";

/** What it takes to believe a receipt and act on it. */
export interface ReceiptPorts {
  readonly touches: Pick<TouchStore, "find" | "findByProvider">;
  readonly profiles: Pick<ProfileStore, "load">;
  readonly suppressions: Pick<SuppressionStore, "put">;
  readonly events: EventStream;
  readonly definitions: { readonly get: () => Promise<CompiledOutcomes> };
  readonly count: (metric: OutcomeMetric, n: number) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Everything that the HTTP side reaches. */
export interface OutcomePorts extends ReceiptPorts {
  readonly suppressions: Pick<SuppressionStore, "find" | "put" | "lift">;
  readonly identities: Pick<IdentityStore, "find">;
  readonly inapp: Pick<InappStore, "list">;
  readonly certificates: CertificateSource;
  /** The deployment's key; read again where it does not know the one of this id, which may be newer. */
  readonly linkKey: (keyId?: string) => Promise<LinkKey>;
  /** Reads a secret by the name that a channel's definition gives it. */
  readonly secretOf: (name: string) => () => Promise<string | undefined>;
  readonly rateLimit: RateLimit;
  /** Different at each call. */
  readonly newId: () => string;
  /** For what an operator must see, by identifiers and codes alone. */
  readonly logFailure: (message: string, error: unknown) => void;
}
