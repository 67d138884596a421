import type { Cleanup } from "./cleanup.ts";

/** npm passes Ctrl-C on to a process that the terminal has told already: that is no second one. */
const echoMs = 500;

/** Ctrl-C, a closed terminal or `kill` stops everything cleanly; a second Ctrl-C stops at once. */
export function stopOnSignals(cleanup: Cleanup): void {
  let stoppingSince: number | undefined;
  const stop = (): void => {
    if (stoppingSince === undefined) {
      stoppingSince = performance.now();
      void cleanup.run(console.error).then(() => process.exit(0));
    } else if (performance.now() - stoppingSince > echoMs) {
      process.exit(130);
    }
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
}
