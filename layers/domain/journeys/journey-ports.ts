import type { SplitPorts } from "#domain/identity/split-people.ts";
import type { RunStore } from "#domain/ports/run-store.ts";
import type { SuppressionStore } from "#domain/ports/suppression-store.ts";
import type { TouchStore } from "#domain/ports/touch-store.ts";
import type { WorkQueue } from "#domain/ports/work-queue.ts";
import type { TouchMessage } from "#domain/touches/touch-message.ts";
import type { JourneyVersions } from "./journey-versions.ts";

/** What walking people through journeys takes. Whoever is met in the middle of a merge or an un-merge is helped. */
export interface JourneyPorts extends SplitPorts {
  readonly runs: RunStore;
  readonly touches: TouchStore;
  readonly suppressions: Pick<SuppressionStore, "isSuppressed">;
  /** Journeys as they were when somebody entered them. */
  readonly versions: JourneyVersions;
  /** The queue of a channel; undefined where there is no such channel. */
  readonly queueOf: (channel: string) => WorkQueue<TouchMessage> | undefined;
  /** The keyed hash that stands for an address (`links/link-token.ts`). */
  readonly hashAddress: (channel: string, address: string) => Promise<string>;
  /** Counts something that an operator watches; `reason` and `outcome` are a dimension of it. */
  readonly count: (metric: JourneyMetric, n: number) => void;
}

export type JourneyMetric =
  | "RunsEntered"
  /** By outcome: `RunsEnded.goal`, `RunsEnded.exited`… */
  | `RunsEnded.${string}`
  | "TouchesRequested"
  /** By reason: `TouchesStopped.no_consent`… */
  | `TouchesStopped.${string}`
  | "RunsMoved";
