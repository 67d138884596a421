import type { CollectedEvent } from "#events/collected-event.ts";
import type { EventFact } from "#events/fact.ts";
import type { CompiledJourney } from "./compile-journey.ts";
import type { EventPattern } from "./program.ts";

/** Bytes of JSON that the properties of one fact, and of all facts of one write, may have: an outbox lies in its profile's
 *  item. What is larger loses its largest properties. */
const MAX_PROPERTIES_BYTES = 4096;
const MAX_BYTES_A_WRITE = 100_000;

/** Makes facts of the events that a journey has asked for by name and conditions, in their order: those of the version of
 *  the profile that counts them first. Stopped journeys hear nothing; paused ones do. Pure. */
export function eventFacts(
  of: { readonly profileId: string; readonly version: number; readonly at: number },
  events: readonly CollectedEvent[],
  journeys: readonly CompiledJourney[],
): EventFact[] {
  const patterns = journeys.filter(({ state }) => state !== "stopped").flatMap(patternsOf);
  if (patterns.length === 0) return [];
  let left = MAX_BYTES_A_WRITE;
  return events
    .filter((event) => patterns.some((pattern) => pattern.event === event.event && pattern.matches(event)))
    .map((event, n): EventFact => {
      const { bytes, ...details } = detailsOf(event, Math.min(left, MAX_PROPERTIES_BYTES));
      left -= bytes;
      return {
        kind: "event",
        factId: `${of.profileId}:${of.version}:e${n}`,
        ...of,
        event: event.event ?? "",
        messageId: event.messageId,
        occurredAt: event.at,
        ...details,
      };
    });
}

/** Every event that a journey asks for: what lets in, what is waited for, and the goal. */
function patternsOf({ entryEvent, goal, program }: CompiledJourney): EventPattern[] {
  const awaited = program.flatMap((instruction) => (instruction.op === "wait-for" ? [instruction.pattern] : []));
  return [...(entryEvent ? [entryEvent] : []), ...awaited, ...(goal ? [goal] : [])];
}

function detailsOf(
  { properties, money }: CollectedEvent,
  maxBytes: number,
): Pick<EventFact, "properties" | "money" | "truncated"> & { bytes: number } {
  const amounts = money && { money };
  if (!properties) return { ...amounts, bytes: 0 };
  const whole = sizeOf(properties);
  if (whole <= maxBytes) return { ...amounts, properties, bytes: whole };
  const kept: [string, unknown][] = [];
  let bytes = 2;
  for (const [size, property] of Object.entries(properties)
    .map((property) => [sizeOf(property), property] as const)
    .toSorted(([a], [b]) => a - b)) {
    if (bytes + size > maxBytes) break;
    bytes += size;
    kept.push(property);
  }
  return { ...amounts, properties: Object.fromEntries(kept), truncated: true, bytes };
}

function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
