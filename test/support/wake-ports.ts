import type { Bundle } from "#domain/definitions/bundle.ts";
import { endWaits } from "#domain/journeys/end-waits.ts";
import { makeJourneyVersions } from "#domain/journeys/journey-versions.ts";
import type { EntryPorts } from "#domain/journeys/let-in.ts";
import type { RefusedEntries } from "#domain/ports/refusal-store.ts";
import type { Timer } from "#domain/ports/timer-store.ts";
import type { TouchMessage } from "#domain/touches/touch-message.ts";
import type { FoldPorts } from "#functions/fold/fold-batch.ts";
import type { CampaignMessage, DueMessage } from "#functions/wake/due-message.ts";
import type { WakePorts } from "#functions/wake/wake.ts";
import { aBundle, makeMemoryFoldPorts } from "./fold-ports.ts";
import { makeMemoryRunStore } from "./memory-run-store.ts";
import { makeMemoryTouchStore } from "./memory-touch-store.ts";
import { makeMemoryWorkQueue } from "./memory-work-queue.ts";
import { makeMemoryWorkStore } from "./memory-work-store.ts";
import { NOON } from "./people.ts";

const CHANNELS = ["email", "sms", "push", "wechat", "webhook", "inapp", "log"];

/** Everything that the fold, the time path and journeys need, over the same stores in memory. Whoever uses it moves the
 *  clock, and may put other definitions in force. */
export function makeMemoryWakePorts(bundle = aBundle()) {
  const clock = { now: NOON };
  const inForce = { bundle };
  const log = new Map<number, Bundle>();
  const { counted, ...fold } = makeMemoryFoldPorts(bundle);
  const failures: unknown[] = [];
  const queues = new Map(CHANNELS.map((name) => [name, makeMemoryWorkQueue<TouchMessage>()]));
  const suppressed = new Set<string>();
  const refused: Omit<RefusedEntries, "count">[] = [];
  const shared = {
    ...fold,
    definitions: { get: async () => inForce.bundle, atLeast: async () => inForce.bundle },
    now: () => clock.now,
    count: (metric: string, n: number) => void counted.set(metric, (counted.get(metric) ?? 0) + n),
  };
  const journeys = {
    ...shared,
    runs: makeMemoryRunStore(),
    touches: makeMemoryTouchStore(),
    suppressions: { isSuppressed: async (channel, address) => suppressed.has(`${channel} ${address}`) },
    versions: makeJourneyVersions({ at: async (version) => log.get(version) }),
    queueOf: (channel) => queues.get(channel),
    hashAddress: async (channel, address) => `hash of ${channel} ${address}`,
    refusals: { note: (one) => void refused.push(one) },
  } satisfies EntryPorts;
  const ports = {
    ...shared,
    endWaits: (timers: readonly Timer[], now: number) => endWaits(journeys, timers, now),
    work: makeMemoryWorkStore(),
    due: makeMemoryWorkQueue<DueMessage>(),
    campaigns: makeMemoryWorkQueue<CampaignMessage>(),
    logFailure: (error) => failures.push(error),
  } satisfies WakePorts & FoldPorts;
  return { ports, journeys, clock, counted, failures, bundle, inForce, log, queues, suppressed, refused };
}
