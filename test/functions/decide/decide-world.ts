import fc from "fast-check";
import { decideFacts } from "#domain/journeys/decide-facts.ts";
import { endWaits } from "#domain/journeys/end-waits.ts";
import type { JourneyPorts } from "#domain/journeys/journey-ports.ts";
import type { EntryPorts } from "#domain/journeys/let-in.ts";
import type { Outcome, Run } from "#domain/journeys/run.ts";
import type { Fact } from "#events/fact.ts";
import { foldBatch } from "#functions/fold/fold-batch.ts";
import { wake } from "#functions/wake/wake.ts";
import { withFaults } from "../../support/failing-ports.ts";
import { openJourneyWorld } from "../../support/journey-ports.ts";
import { anEvent } from "../../support/people.ts";
import { seededNumbers } from "../../support/seeded-numbers.ts";

const MINUTE = 60_000;

const JOURNEYS = [
  {
    kind: "journey",
    name: "cart-rescue",
    trigger: { event: "Product Added" },
    goal: { event: "Order Completed", within: "3d" },
    steps: [
      { waitFor: { event: "Order Completed", for: "1h", then: "end" } },
      { tag: { add: "rescued" } },
      { send: { channel: "email", template: "rescue", category: "transactional" } },
    ],
  },
  {
    kind: "journey",
    name: "welcome",
    trigger: { enters: "segment:viewers" },
    entry: { once: "ever" },
    steps: [
      { send: { channel: ["sms", "email"], template: "rescue", category: "marketing" } },
      { wait: { for: "2h" } },
      { send: { channel: "log", template: "rescue", category: "transactional" } },
    ],
  },
  { kind: "segment", name: "viewers", rule: { did: { event: "Product Viewed", within: "30d" } } },
  { kind: "tag", name: "rescued" },
  {
    kind: "template",
    name: "rescue",
    channel: "email",
    category: "transactional",
    locales: { en: { subject: "s", body: "b" } },
  },
];

/** What one of two visitors does, how long after the one before, and in how many hands the facts of it are at once. */
export interface Deed {
  readonly event: "Product Added" | "Order Completed" | "Product Viewed" | "Log In";
  readonly visitor: 0 | 1;
  readonly afterMinutes: number;
  readonly workers: number;
  readonly again: number;
}
export interface Story {
  readonly deeds: readonly Deed[];
  readonly rate: number;
  readonly seed: number;
}

export const arbitraryStory: fc.Arbitrary<Story> = fc.record({
  deeds: fc.array(
    fc.record({
      event: fc.constantFrom<Deed["event"]>(
        "Product Added",
        "Product Added",
        "Order Completed",
        "Product Viewed",
        "Log In",
      ),
      visitor: fc.constantFrom<0 | 1>(0, 1),
      afterMinutes: fc.constantFrom(0, 1, 20, 59, 60, 61, 150),
      workers: fc.integer({ min: 1, max: 3 }),
      again: fc.nat(20),
    }),
    { minLength: 1, maxLength: 9 },
  ),
  rate: fc.constantFrom(0, 0.02, 0.05, 0.1),
  seed: fc.integer(),
});

/** Plays a story: the fold makes facts, and workers that fail and die make journeys of them, each record until it is
 *  through and some of them again later, while wake looks each time. `Log In` makes one person of both visitors. */
export function openDecideWorld({ deeds, rate, seed }: Story) {
  const world = openJourneyWorld(...JOURNEYS);
  const { ports, journeys, clock } = world;
  const next = seededNumbers(seed);
  let failing = rate;
  const records: Fact[][] = [];
  const facts = {
    publish: async (outboxes: readonly { readonly facts: readonly Fact[] }[]) => {
      for (const { facts: own } of outboxes) if (own.length > 0) records.push([...own]);
      return new Set<never>();
    },
  };
  const outcomes = new Map<string, Set<string>>();
  const watched: JourneyPorts["runs"] = {
    ...journeys.runs,
    save: async (stored) => {
      const outcome = await journeys.runs.save(stored);
      if (outcome === "saved") noteOutcome(outcomes, stored.run);
      return outcome;
    },
  };
  const wrap = <Port extends object>(port: Port) => withFaults(port, next, () => failing);
  const faulty: EntryPorts = {
    ...journeys,
    facts: wrap(facts),
    runs: wrap(watched),
    touches: wrap(journeys.touches),
    timers: wrap(journeys.timers),
    profiles: wrap(journeys.profiles),
    suppressions: wrap(journeys.suppressions),
    queueOf: (channel) => {
      const queue = journeys.queueOf(channel);
      return queue && wrap(queue);
    },
  };
  const wakePorts = {
    ...ports,
    facts,
    endWaits: (timers: Parameters<typeof endWaits>[1], now: number) => endWaits(faulty, timers, now),
  };

  async function decide(record: readonly Fact[]): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await decideFacts(faulty, record);
      } catch (error) {
        // It comes again.
        if (attempt === 5000) throw error;
      }
    }
  }

  let done = 0;
  async function decideAll(workers: number): Promise<void> {
    while (done < records.length) {
      const record = records[done++] ?? [];
      await Promise.all(Array.from({ length: workers }, () => decide(record)));
    }
  }

  async function play(): Promise<void> {
    for (const [n, { event, visitor, afterMinutes, workers, again }] of deeds.entries()) {
      clock.now += afterMinutes * MINUTE;
      const anonymous = ["anonymousId", `a-${visitor}`] as const;
      const known = [
        ["userId", "u-1"],
        ["email", "ann@example.com"],
      ] as const;
      const identifiers = event === "Log In" ? [...known, anonymous] : [anonymous];
      const { tasks } = await foldBatch({ ...ports, facts }, [
        anEvent(`m-${n}`, {
          event,
          at: clock.now,
          receivedAt: clock.now,
          identifiers: identifiers.map(([a, b]) => [a, b]),
        }),
      ]);
      const failed = tasks.find(({ state }) => state !== "folded");
      if (failed) throw failed.error;
      const redelivered = records[again % (records.length + 1)];
      await Promise.all([decideAll(workers), redelivered && decide(redelivered), wake(wakePorts)]);
    }
  }

  /** Everything that is still to come, with nothing failing any more. */
  async function calm(): Promise<void> {
    failing = 0;
    for (const record of [...records]) await decide(record);
    for (let hours = 0; hours < 12; hours++) {
      clock.now += 61 * MINUTE;
      await wake(wakePorts);
      await decideAll(1);
    }
  }
  return { ...world, play, calm, outcomes, records, decide };
}

function noteOutcome(outcomes: Map<string, Set<string>>, { id, outcome }: Run): void {
  if (!outcome) return;
  const spelled: Outcome["kind"] = outcome.kind;
  outcomes.set(id, (outcomes.get(id) ?? new Set()).add(`${spelled} ${outcome.at}`));
}
