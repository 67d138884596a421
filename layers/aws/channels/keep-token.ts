/** A provider's token of access, and until when it is one: milliseconds since 1970. */
export interface AccessToken {
  readonly value: string;
  readonly endsAt: number;
}

/** A provider gave no token: nothing was sent, and it may be tried again. Its code is a stable word of ours. */
export class TokenRefusedError extends Error {
  override readonly name = "TokenRefusedError";
  readonly code: string;
  readonly afterMs: number;
  constructor(code: string, afterMs = 0) {
    super(code);
    this.code = code;
    this.afterMs = afterMs;
  }
}

/** Before it ends a token is no longer used: the request that it is for takes time, and clocks differ. */
const AHEAD_MS = 5 * 60_000;

export interface KeptToken {
  /** The token, fetched where there is none; all who ask meanwhile share one fetch. `account` tells a rotated secret from
   *  the one before. */
  get(account: string, fetch: () => Promise<AccessToken>): Promise<string>;
  /** The provider no longer takes this token. */
  forget(value: string): void;
}

/** Keeps a token in memory until shortly before its end. A fetch that failed is not remembered. */
export function keepToken(now: () => number): KeptToken {
  let held: { readonly account: string; readonly token: Promise<AccessToken>; value?: AccessToken } | undefined;
  return {
    async get(account, fetch) {
      const ended = held?.value !== undefined && !isFresh(held.value, now());
      if (held?.account === account && !ended) return (await held.token).value;
      const token = fetch();
      const mine: typeof held = { account, token };
      held = mine;
      try {
        mine.value = await token;
        return mine.value.value;
      } catch (error) {
        if (held === mine) held = undefined;
        throw error;
      }
    },
    forget(value) {
      if (held?.value?.value === value) held = undefined;
    },
  };
}

/** Whether a token can still be used for a request that begins now. */
export function isFresh({ endsAt }: AccessToken, now: number): boolean {
  return endsAt - AHEAD_MS > now;
}
