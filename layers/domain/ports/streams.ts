import type { ProfileId } from "#domain/profile/state.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import type { Fact } from "#events/fact.ts";

/** A stream refused some or all of what it was given, after retries. */
export class StreamUnavailableError extends Error {
  override readonly name = "StreamUnavailableError";
  readonly code: "stream_throttled" | "stream_unavailable";
  readonly retriable = true;
  constructor(code: "stream_throttled" | "stream_unavailable", options?: ErrorOptions) {
    super(code, options);
    this.code = code;
  }
}

export interface EventStream {
  /** Returns once every group is durable; all events of one group travel in order in one key's records.
   *  Throws StreamUnavailableError where some are not: the caller answers honestly and the client sends all again. */
  put(groups: readonly { key: string; events: readonly CollectedEvent[] }[]): Promise<void>;
}

export interface Outbox {
  readonly profileId: ProfileId;
  readonly facts: readonly Fact[];
  /** When Lambda was first found to have given up on these facts, where they are published again. */
  readonly givenUpSince?: number;
}

export interface FactStream {
  /** One record per outbox. Returns the people whose facts are not durable. */
  publish(outboxes: readonly Outbox[]): Promise<Set<ProfileId>>;
}
