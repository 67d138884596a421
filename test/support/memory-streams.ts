import type { EventStream, FactStream } from "#domain/ports/streams.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import type { Fact } from "#events/fact.ts";

/** A fact stream that keeps what it was given, in order. */
export function makeMemoryFactStream(): FactStream & { published: Fact[] } {
  const published: Fact[] = [];
  return {
    published,
    publish: async (outboxes) => {
      for (const { facts } of outboxes) published.push(...facts);
      return new Set();
    },
  };
}

/** An event stream that keeps what it was given, in order. */
export function makeMemoryEventStream(): EventStream & { events: CollectedEvent[] } {
  const events: CollectedEvent[] = [];
  return {
    events,
    put: async (groups) => {
      for (const group of groups) events.push(...group.events);
    },
  };
}
