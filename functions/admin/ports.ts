import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import type { ImportMessage } from "#domain/imports/import-ports.ts";
import type { LinkKey } from "#domain/links/link-token.ts";
import type { ActivityStore } from "#domain/ports/activity-store.ts";
import type { AuditStore } from "#domain/ports/audit-store.ts";
import type { CapStore } from "#domain/ports/cap-store.ts";
import type { ConflictStore } from "#domain/ports/conflict-store.ts";
import type { ConsentStore } from "#domain/ports/consent-store.ts";
import type { DefinitionStore } from "#domain/ports/definition-store.ts";
import type { FailedEventStore } from "#domain/ports/failed-event-store.ts";
import type { IdentityStore } from "#domain/ports/identity-store.ts";
import type { ImportObjectStore } from "#domain/ports/import-object-store.ts";
import type { MetricStore } from "#domain/ports/metric-store.ts";
import type { ProfileStore } from "#domain/ports/profile-store.ts";
import type { RefusalStore } from "#domain/ports/refusal-store.ts";
import type { Renderer } from "#domain/ports/renderer.ts";
import type { RunStore } from "#domain/ports/run-store.ts";
import type { EventStream, FactStream } from "#domain/ports/streams.ts";
import type { SuppressionStore } from "#domain/ports/suppression-store.ts";
import type { TagStore } from "#domain/ports/tag-store.ts";
import type { TimerStore } from "#domain/ports/timer-store.ts";
import type { TokenStore } from "#domain/ports/token-store.ts";
import type { TouchStore } from "#domain/ports/touch-store.ts";
import type { WorkQueue } from "#domain/ports/work-queue.ts";
import type { WorkStore } from "#domain/ports/work-store.ts";
import type { SliceMessage } from "#domain/retier/ports.ts";
import type { ChannelMessage } from "#domain/sending/channel-message.ts";

/** Everything that administration reaches, the clock and randomness included. */
export interface AdminPorts {
  readonly definitions: DefinitionStore;
  /** The definitions in force at this moment, compiled. */
  readonly inForce: () => Promise<CompiledBundle>;
  /** Those of this version or a later one. Throws where the version is not there yet. */
  readonly inForceAtLeast: (version: number) => Promise<CompiledBundle>;
  readonly profiles: ProfileStore;
  readonly timers: TimerStore;
  readonly identities: IdentityStore;
  readonly activity: ActivityStore;
  readonly consents: ConsentStore;
  readonly conflicts: ConflictStore;
  readonly tags: TagStore;
  readonly metrics: MetricStore;
  readonly refusals: Pick<RefusalStore, "ofJourney">;
  readonly tokens: TokenStore;
  readonly audit: AuditStore;
  readonly failed: FailedEventStore;
  readonly events: EventStream;
  readonly facts: FactStream;
  /** Imports, re-tiering runs and test messages. */
  readonly work: WorkStore;
  readonly importObjects: ImportObjectStore;
  readonly importQueue: WorkQueue<ImportMessage>;
  /** Slices of re-tiering runs. */
  readonly retierQueue: WorkQueue<SliceMessage>;
  readonly renderer: Renderer;
  /** The queue of a channel: for test messages only. */
  readonly queueOf: (channel: string) => WorkQueue<ChannelMessage> | undefined;
  readonly runs: RunStore;
  readonly touches: Pick<TouchStore, "findAll">;
  readonly caps: CapStore;
  readonly suppressions: SuppressionStore;
  /** The deployment's key for addresses and links. */
  readonly linkKey: () => Promise<LinkKey>;
  /** How long a function may go on with the definitions that it has, milliseconds. */
  readonly definitionsMaxAgeMs: number;
  /** The deployment's own token, admin; undefined where there is none. */
  readonly firstToken: () => Promise<string | undefined>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** A number in [0, 1): who is drawn into a sample. */
  readonly random: () => number;
  readonly randomId: () => string;
  /** A secret with the prefix given: `wk_…`, `sk_…`. */
  readonly randomSecret: (prefix: string) => string;
  /** For what an operator must see: internal errors, by code and request id. */
  readonly logError: (message: string, error: unknown, context: Readonly<Record<string, unknown>>) => void;
}
