import { durationMs, parseDuration } from "#domain/time/duration.ts";
import type { SettingDefinition } from "#events/definitions/index.ts";

export type Category = "marketing" | "transactional";

/** At most `max` touches in any stretch of `perMs`, of one channel and category to one address. */
export interface Cap {
  readonly max: number;
  readonly perMs: number;
}

/** What was sent to one address on one channel in one category: the item of the Caps table. */
export interface CapUse {
  readonly touchId: string;
  /** When its place was taken: milliseconds since 1970. */
  readonly at: number;
}

export type CapDecision =
  | { readonly kind: "free"; readonly uses: readonly CapUse[] }
  /** `opensAt`: when the first place falls free. */
  | { readonly kind: "full"; readonly opensAt: number };

/** The caps of a project for one channel and category; one that names neither holds for each of them by itself. */
export function capsFor(
  caps: NonNullable<SettingDefinition["caps"]>,
  channel: string,
  category: Category,
): readonly Cap[] {
  return caps
    .filter((cap) => (cap.channel ?? channel) === channel && (cap.category ?? category) === category)
    .map(({ max, per }) => ({ max, perMs: durationMs(parseDuration(per)) }));
}

/** Takes a place for a touch where every cap leaves one. A touch that has its place keeps it, so that a redelivery takes
 *  no second one. Uses older than the longest cap are forgotten. Pure: the caller writes `uses` on condition that the
 *  item is as it was read, which is what holds a cap under parallel senders. */
export function takePlace(caps: readonly Cap[], uses: readonly CapUse[], touchId: string, now: number): CapDecision {
  const longest = Math.max(0, ...caps.map(({ perMs }) => perMs));
  const kept = uses.filter(({ at }) => at > now - longest);
  if (kept.some((use) => use.touchId === touchId)) return { kind: "free", uses: kept };
  const opensAt = Math.max(0, ...caps.map((cap) => opensAtOf(cap, kept, now)));
  return opensAt > now ? { kind: "full", opensAt } : { kind: "free", uses: [...kept, { touchId, at: now }] };
}

/** When a cap leaves a place: now or before where it does already. */
function opensAtOf({ max, perMs }: Cap, uses: readonly CapUse[], now: number): number {
  const within = uses.filter(({ at }) => at > now - perMs).toSorted((a, b) => a.at - b.at);
  const blocking = within[within.length - max];
  return blocking === undefined ? now : blocking.at + perMs;
}
