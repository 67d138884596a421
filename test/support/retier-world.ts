import { makeDefinitionsCache } from "#aws/definitions-cache.ts";
import { changeDefinitions } from "#domain/definitions/change-definitions.ts";
import type { RetierPorts, SliceMessage } from "#domain/retier/ports.ts";
import { findRun, type Run, type RunReason } from "#domain/retier/run.ts";
import { startRun } from "#domain/retier/start-run.ts";
import { workSlice } from "#domain/retier/work-slice.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import type { Definition } from "#events/definitions/index.ts";
import { type FoldPorts, foldBatch } from "#functions/fold/fold-batch.ts";
import { indexFacts } from "#functions/index/index-facts.ts";
import { makeFollowPorts } from "./follow-ports.ts";
import { makeMemoryActivityStore } from "./memory-activity-store.ts";
import { makeMemoryConflictStore } from "./memory-conflict-store.ts";
import { makeMemoryConsentStore } from "./memory-consent-store.ts";
import { makeMemoryDefinitionStore } from "./memory-definition-store.ts";
import { makeMemoryIdentityStore } from "./memory-identity-store.ts";
import { makeMemoryMetricStore } from "./memory-metric-store.ts";
import { makeMemoryProfileStore } from "./memory-profile-store.ts";
import { makeMemoryFactStream } from "./memory-streams.ts";
import { makeMemoryTagStore } from "./memory-tag-store.ts";
import { makeMemoryTallyStore } from "./memory-tally-store.ts";
import { makeMemoryTimerStore } from "./memory-timer-store.ts";
import { makeMemoryWorkQueue } from "./memory-work-queue.ts";
import { makeMemoryWorkStore } from "./memory-work-store.ts";
import { NOON } from "./people.ts";

const MINUTE_MS = 60_000;

/** A world of people with everything that a run works on, in memory: definitions that change, folding, indexing, and a
 *  clock that stands still unless it is moved. */
export function openRetierWorld(pageSize = 3) {
  const clock = { now: NOON };
  const now = () => clock.now;
  const bundles = makeMemoryDefinitionStore();
  const queue = makeMemoryWorkQueue<SliceMessage>();
  let made = 0;
  let indexed = 0;
  const counted = new Map<string, number>();
  const reported: unknown[] = [];
  const count = (metric: string, n: number) => void counted.set(metric, (counted.get(metric) ?? 0) + n);
  const ports = {
    bundles,
    definitions: makeDefinitionsCache({ store: bundles, maxAgeMs: 0, now }),
    profiles: makeMemoryProfileStore(pageSize),
    identities: makeMemoryIdentityStore(),
    activity: makeMemoryActivityStore(),
    consents: makeMemoryConsentStore(),
    ...makeFollowPorts(),
    conflicts: makeMemoryConflictStore(),
    facts: makeMemoryFactStream(),
    timers: makeMemoryTimerStore(),
    tags: makeMemoryTagStore(),
    metrics: makeMemoryMetricStore(),
    tallies: makeMemoryTallyStore(),
    settleMs: 0,
    work: makeMemoryWorkStore(),
    queue,
    newId: () => `run-${String(++made).padStart(4, "0")}`,
    now,
    count,
    report: (error: unknown) => reported.push(error),
  } satisfies RetierPorts & FoldPorts;

  /** Puts definitions in force, as one version. */
  async function define(...definitions: Definition[]): Promise<void> {
    const changes = definitions.map((definition) => ({
      op: "put" as const,
      kind: definition.kind,
      name: definition.name,
      definition,
    }));
    await change(changes);
  }

  async function remove(kind: string, name: string): Promise<void> {
    await change([{ op: "remove", kind, name }]);
  }

  async function change(changes: Parameters<typeof changeDefinitions>[1]): Promise<void> {
    const changed = changeDefinitions(await bundles.current(), changes, () => ({ key: "", hash: "" }), now());
    if (!changed.ok) throw new Error(JSON.stringify(changed.faults));
    await bundles.commit(changed.bundle);
  }

  async function fold(events: readonly CollectedEvent[], on: FoldPorts = ports): Promise<void> {
    const { tasks } = await foldBatch(on, events);
    const stuck = tasks.find(({ state }) => state !== "folded");
    if (stuck) throw new Error("not folded", { cause: stuck.error });
  }

  /** Brings the Tags table up to the facts that were published. */
  async function index(): Promise<void> {
    for (; indexed < ports.facts.published.length; indexed++) {
      const fact = ports.facts.published[indexed];
      if (fact) await indexFacts(ports, [fact]);
    }
  }

  /** Delivers messages, facts included, until there are none. */
  async function settle(on: RetierPorts = ports): Promise<void> {
    for (let deliveries = 0; queue.sent.length > 0; deliveries++) {
      if (deliveries > 20_000) throw new Error("the queue does not run empty");
      const [message] = queue.sent.splice(0, 1);
      if (message) await workSlice(on, message, { owner: `worker-${++made}`, remainingMs: () => Infinity });
      await index();
    }
  }

  /** A whole run, undisturbed. */
  async function run(reason: RunReason = "request"): Promise<Run> {
    await index();
    const { runId } = await startRun(ports, { reason, by: "test" });
    await settle();
    return runOf(runId);
  }

  async function runOf(runId: string): Promise<Run> {
    const stored = await findRun(ports.work, runId);
    if (!stored) throw new Error(`no run ${runId}`);
    return stored.run;
  }

  return {
    ports,
    clock,
    counted,
    reported,
    define,
    remove,
    fold,
    index,
    settle,
    run,
    runOf,
    advance: (minutes: number) => {
      clock.now += minutes * MINUTE_MS;
    },
  };
}
