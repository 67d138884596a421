/** Tells on standard error, about every two seconds, how far a series is and how long it may still take. */
export function makeProgress(total: number): { step(failed: number): void; end(): number } {
  const start = performance.now();
  let done = 0;
  let told = start;
  const seconds = () => (performance.now() - start) / 1000;
  return {
    step(failed) {
      done++;
      if (performance.now() - told < 2000) return;
      told = performance.now();
      const left = (seconds() / done) * (total - done);
      process.stderr.write(`${done} of ${total} seeds, ${failed} failed, about ${left.toFixed(0)} s left\n`);
    },
    end: seconds,
  };
}
