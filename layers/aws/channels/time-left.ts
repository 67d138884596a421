/** Counts down from now: what is left of a time limit that several calls share, 1 ms at least. */
export function startCountdown(limitMs: number): () => number {
  const endsAt = performance.now() + limitMs;
  return () => Math.max(1, Math.ceil(endsAt - performance.now()));
}
