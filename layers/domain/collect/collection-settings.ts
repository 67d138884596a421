import type { GeoLookup } from "#domain/ports/geo-lookup.ts";
import type { SourceType, TraitMode } from "#events/collected-event.ts";

/** What collection needs of the definitions in force; a CompiledCollection is one. */
export interface CollectionSettings {
  readonly project: {
    readonly currency: string;
    /** The country whose national phone numbers are meant, ISO 3166. */
    readonly region: string;
    readonly rates: Readonly<Record<string, number>>;
    readonly identityTypes: readonly { readonly type: string }[];
  };
  readonly calendar: { dayOf(atMs: number): number };
  readonly traits: ReadonlyMap<
    string,
    { readonly mode?: TraitMode | undefined; readonly protected?: boolean | undefined }
  >;
  /** 0 is the strongest. */
  readonly identityRank: (type: string) => number;
}

/** What is known about the request that brought a call. */
export interface Reception {
  readonly wire: "segment" | "sensors";
  readonly source: { readonly name: string; readonly type: SourceType; readonly public: boolean };
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  /** The batch's `sentAt`, for calls that have none of their own. */
  readonly sentAt?: unknown;
  readonly ip?: string | undefined;
  readonly userAgent?: string | undefined;
}

export interface CollectionTools {
  /** A messageId for calls that bring none. */
  newId(): string;
  readonly geo: GeoLookup;
}
