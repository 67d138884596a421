/** What an address gets no more: nothing at all, or no marketing. */
export type SuppressionScope = "all" | "marketing";

export interface SuppressionEntry {
  /** A stable word: `unsubscribed`, `hard_bounce`, `complaint`, `address_dead`, `privacy`. */
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What is known of one address; it outlives the people who have it. */
export type Suppression = Readonly<Partial<Record<SuppressionScope, SuppressionEntry>>>;

/** Addresses are the keyed hashes of `hashAddress`. */
export interface SuppressionStore {
  /** Strongly consistent. */
  find(channel: string, address: string): Promise<Suppression>;
  /** Suppresses; what was said of the other scope stays. */
  put(channel: string, address: string, scope: SuppressionScope, entry: SuppressionEntry): Promise<void>;
  /** Takes a suppression back, unless it was said after `before`: a later refusal stays. */
  lift(channel: string, address: string, scope: SuppressionScope, before: number): Promise<void>;
}
