import type { MembershipKey } from "#domain/profile/state.ts";
import { segmentKey } from "#domain/rules/membership-key.ts";
import { parseDuration } from "#domain/time/duration.ts";
import type { JourneyDefinition, SegmentDefinition } from "#events/definitions/index.ts";

/** The segments by which journeys hear of anniversaries: those whose day comes. No author can name one so, for names have
 *  no dot. The review timer of each person then brings the day about (infra/decisions/0008-anniversaries-are-segments.md). */
export function anniversarySegments(journeys: readonly JourneyDefinition[]): SegmentDefinition[] {
  return journeys.flatMap(({ name, state, trigger: { anniversary } }): SegmentDefinition[] => {
    if (!anniversary || state === "stopped") return [];
    const { trait, before } = anniversary;
    return [
      { kind: "segment", name: nameOf(name), rule: { anniversary: { trait, within: `${daysOf(before) + 1}d` } } },
    ];
  });
}

/** Whom a journey's anniversary lets in: who enters this. */
export function anniversaryKey(journey: string): MembershipKey {
  return segmentKey(nameOf(journey));
}

function nameOf(journey: string): string {
  return `journey.${journey}`;
}

/** An anniversary is a day: hours before it are counted as days. */
function daysOf(before: string | undefined): number {
  if (before === undefined) return 0;
  const { amount, unit } = parseDuration(before);
  return unit === "hour" ? Math.ceil(amount / 24) : amount;
}
