/** Counts down from now: what is left of a time limit that several calls share, 1 ms at least. */
export function startCountdown(limitMs: number, clock = () => performance.now()): () => number {
  const endsAt = clock() + limitMs;
  return () => Math.max(1, Math.ceil(endsAt - clock()));
}
