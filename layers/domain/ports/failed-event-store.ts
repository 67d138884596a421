import type { FailedEvent } from "#events/failed-event.ts";

export interface FailedEventStore {
  /** Returns once they are durable. */
  store(failed: readonly FailedEvent[]): Promise<void>;
  /** Objects, newest first. */
  list(page: { cursor?: string; limit: number }): Promise<{ objects: string[]; cursor?: string }>;
  read(object: string): Promise<FailedEvent[]>;
  remove(object: string): Promise<void>;
}
