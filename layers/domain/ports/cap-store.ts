import type { CapUse, Category } from "#domain/decide/caps.ts";

/** Whose places: `address` is the keyed hash, which a merge of people does not change. */
export interface CapKey {
  readonly channel: string;
  readonly category: Category;
  readonly address: string;
}

export interface CapUses {
  /** 1 for the first write; each write is one more. 0: nothing is stored. */
  readonly revision: number;
  readonly uses: readonly CapUse[];
}

/** What was lately sent to an address, for the caps on it. */
export interface CapStore {
  /** Strongly consistent. */
  find(key: CapKey): Promise<CapUses>;
  /** Writes if the stored revision is `revision - 1`. `expiresAt`: when the last use no longer counts. */
  save(key: CapKey, next: CapUses, expiresAt: number): Promise<"saved" | "conflict">;
}
