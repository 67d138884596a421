import type { SplitPorts } from "#domain/identity/split-people.ts";
import type { DefinitionStore } from "#domain/ports/definition-store.ts";
import type { MetricStore } from "#domain/ports/metric-store.ts";
import type { TagStore } from "#domain/ports/tag-store.ts";
import type { TallyStore } from "#domain/ports/tally-store.ts";
import type { WorkQueue } from "#domain/ports/work-queue.ts";
import type { WorkStore } from "#domain/ports/work-store.ts";
import type { PhaseName } from "./run.ts";

/** One slice of one phase of a run: what the queue carries. */
export interface SliceMessage {
  readonly runId: string;
  readonly phase: PhaseName;
  readonly slice: number;
}

/** What it takes to start, stop and follow runs. */
export interface RunPorts {
  readonly work: WorkStore;
  readonly queue: WorkQueue<SliceMessage>;
  /** The definitions as they are stored. */
  readonly bundles: DefinitionStore;
  readonly now: () => number;
  /** A new id that sorts by the time of its making. */
  readonly newId: () => string;
}

export type RetierMetric = "PeopleRetiered" | "PeopleChanged" | "PeopleNotEvaluated" | "TagRowsRepaired";

/** What it takes to do a run's work. */
export interface RetierPorts extends RunPorts, SplitPorts {
  readonly tags: TagStore;
  readonly metrics: MetricStore;
  readonly tallies: TallyStore;
  /** How long after a new version of the definitions some may still write people by those before, milliseconds. */
  readonly settleMs: number;
  /** Counts something that an operator watches. */
  readonly count: (metric: RetierMetric, n: number) => void;
  /** For what an operator must see, by identifiers alone. */
  readonly report: (error: unknown, context: Readonly<Record<string, string>>) => void;
}
