/** Takes `cost` at instant `now` (milliseconds) for a key: 0 if it may pass, else after how many seconds it may. */
export type RateLimit = (key: string, cost: number, now: number) => number;

/** Events of one source through one function instance. Far above what an instance can do, so that it only stops a source
 *  that nothing else stops. */
export const DEFAULT_RATE = { perSecond: 50_000, burst: 250_000 };

/** Keys that are remembered at once; beyond it everyone starts anew with a full bucket. */
const MAX_KEYS = 10_000;

/** A token bucket per key: `perSecond` events refill it, `burst` fill it. It is kept in the memory of one function
 *  instance and therefore bounds what one instance lets through, not what a source sends in all: it stops a source that
 *  ran wild from filling the stream, at the price of nothing per request. A clock that goes backwards refills nothing. */
export function makeRateLimit({ perSecond, burst }: { perSecond: number; burst: number }): RateLimit {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (key, cost, now) => {
    const known = buckets.get(key);
    const elapsed = known === undefined ? 0 : Math.max(0, now - known.at) / 1000;
    const tokens = known === undefined ? burst : Math.min(burst, known.tokens + elapsed * perSecond);
    const isAllowed = tokens >= Math.min(cost, burst);
    if (buckets.size >= MAX_KEYS && known === undefined) buckets.clear();
    buckets.set(key, { tokens: isAllowed ? tokens - cost : tokens, at: now });
    return isAllowed ? 0 : Math.max(1, Math.ceil((Math.min(cost, burst) - tokens) / perSecond));
  };
}
