import type { Touch } from "#domain/touches/touch.ts";

export interface StoredTouch {
  readonly touch: Touch;
  /** 1 for the first write, which is the request; each write is one more. */
  readonly revision: number;
}

/** The send ledger. */
export interface TouchStore {
  /** Strongly consistent. */
  find(touchId: string): Promise<StoredTouch | undefined>;
  /** Writes if the stored revision is `revision - 1` (nothing stored counts as 0). */
  save(stored: StoredTouch): Promise<"saved" | "conflict">;
  /** Remembers from `at` on which touch a provider means by its own id. */
  linkProvider(link: {
    readonly provider: string;
    readonly providerId: string;
    readonly touchId: string;
    readonly at: number;
  }): Promise<void>;
  /** The touch that a provider's receipt is about. */
  findByProvider(provider: string, providerId: string): Promise<string | undefined>;
  /** Those of these touches that there are, in no order. Strongly consistent. */
  findAll(touchIds: readonly string[]): Promise<Touch[]>;
}
