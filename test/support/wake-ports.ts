import type { DueMessage } from "#functions/wake/due-message.ts";
import type { WakePorts } from "#functions/wake/wake.ts";
import { aBundle, makeMemoryFoldPorts } from "./fold-ports.ts";
import { makeMemoryWorkQueue } from "./memory-work-queue.ts";
import { makeMemoryWorkStore } from "./memory-work-store.ts";
import { NOON } from "./people.ts";

/** Everything that the fold and the time path need, over the same stores in memory. Whoever uses it moves the clock. */
export function makeMemoryWakePorts(bundle = aBundle()) {
  const clock = { now: NOON };
  const { counted, ...fold } = makeMemoryFoldPorts(bundle);
  const failures: unknown[] = [];
  const ports = {
    ...fold,
    now: () => clock.now,
    work: makeMemoryWorkStore(),
    due: makeMemoryWorkQueue<DueMessage>(),
    count: (metric, n) => counted.set(metric, (counted.get(metric) ?? 0) + n),
    logFailure: (error) => failures.push(error),
  } satisfies WakePorts & typeof fold;
  return { ports, clock, counted, failures, bundle };
}
