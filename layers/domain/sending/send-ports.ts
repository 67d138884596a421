import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import type { LinkKey } from "#domain/links/link-token.ts";
import type { CapStore } from "#domain/ports/cap-store.ts";
import type { Channel } from "#domain/ports/channel.ts";
import type { ProfileStore } from "#domain/ports/profile-store.ts";
import type { Renderer } from "#domain/ports/renderer.ts";
import type { EventStream } from "#domain/ports/streams.ts";
import type { SuppressionStore } from "#domain/ports/suppression-store.ts";
import type { TimerStore } from "#domain/ports/timer-store.ts";
import type { TouchStore } from "#domain/ports/touch-store.ts";
import type { WorkStore } from "#domain/ports/work-store.ts";
import type { ChannelDefinition } from "#events/definitions/channel.ts";

/** Everything that sending reaches, the clock included. */
export interface SendPorts {
  readonly touches: TouchStore;
  readonly profiles: Pick<ProfileStore, "load">;
  readonly suppressions: Pick<SuppressionStore, "isSuppressed" | "put">;
  readonly caps: CapStore;
  readonly timers: Pick<TimerStore, "put">;
  /** The gates of the providers, and what becomes of test messages. */
  readonly work: WorkStore;
  readonly events: EventStream;
  readonly definitions: {
    readonly get: () => Promise<CompiledBundle>;
    /** Those of a version or a later one. Throws where it is not there yet. */
    readonly atLeast: (version: number) => Promise<CompiledBundle>;
  };
  readonly renderer: Renderer;
  /** The adapter of a definition; one whose settings are wrong answers `retry` to every message. */
  readonly channelOf: (definition: ChannelDefinition) => Channel;
  readonly linkKey: () => Promise<LinkKey>;
  /** What links in messages begin with, without a trailing slash. */
  readonly publicUrl: string;
  readonly now: () => number;
  readonly sleep: (delayMs: number) => Promise<unknown>;
  /** Different at each call. */
  readonly newId: () => string;
  /** For what does not keep a message from its end: a step after sending that did not work. */
  readonly logFailure: (error: unknown, context: Readonly<Record<string, unknown>>) => void;
}

/** What became of one message of a queue. */
export type Turn =
  /** The touch came to an end now. */
  | { readonly kind: "ended"; readonly state: "sent" | "failed" | "stopped" | "unknown"; readonly reason?: string }
  /** It had come to its end before, or nobody knows it. */
  | { readonly kind: "dropped" }
  /** Its timer brings it back. */
  | { readonly kind: "waits"; readonly reason: string }
  /** It is to come back from the queue. */
  | { readonly kind: "later"; readonly afterMs: number; readonly reason: string }
  /** A store or a stream did not answer: SQS delivers it again. */
  | { readonly kind: "broke"; readonly error: unknown };
