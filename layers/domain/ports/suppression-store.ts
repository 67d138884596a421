import type { Category } from "#domain/decide/caps.ts";

/** What an address gets no more: nothing at all, or no marketing. */
export type SuppressionScope = "all" | "marketing";

export interface SuppressionEntry {
  /** A stable word: `unsubscribed`, `hard_bounce`, `complaint`, `address_dead`, `privacy`. */
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What is known of one address. */
export type Suppression = Readonly<Partial<Record<SuppressionScope, SuppressionEntry>>>;

/** Addresses that must not be written to, by keyed hash (`hashAddress`). They outlive the profile. */
export interface SuppressionStore {
  /** Whether an address gets no message of this category. Strongly consistent. */
  isSuppressed(channel: string, addressHash: string, category: Category): Promise<boolean>;
  /** What is said of an address, and why. Strongly consistent. */
  find(channel: string, addressHash: string): Promise<Suppression>;
  /** Suppresses; what was said of the other scope stays. */
  put(channel: string, addressHash: string, scope: SuppressionScope, entry: SuppressionEntry): Promise<void>;
  /** Takes a suppression back, unless it was said after `before`: a later refusal stays. */
  lift(channel: string, addressHash: string, scope: SuppressionScope, before: number): Promise<void>;
}
