import type { ChannelDefinition } from "#events/definitions/channel.ts";

const UNIT_MS = { second: 1_000, minute: 60_000, hour: 3_600_000 } as const;
const DEFAULT_RATE: NonNullable<ChannelDefinition["rate"]> = { max: 10, per: "second" };

/** Milliseconds from one message to the next. */
export function intervalOf(rate: ChannelDefinition["rate"] = DEFAULT_RATE): number {
  return UNIT_MS[rate.per] / rate.max;
}

export interface Slots {
  /** When each message may leave: milliseconds since 1970, at most `wanted` of them. */
  readonly at: readonly number[];
  /** When the first slot after these is. */
  readonly nextAt: number;
}

/** Takes a block of slots from a schedule in which `nextAt` is the first that nobody has: one write for many messages, and
 *  the rate holds over all workers. Slots later than `horizonMs` from now are not taken: whoever holds one waits for it.
 *  What was not used is gone, so a quiet hour is followed by no burst. Pure. */
export function takeSlots(
  nextAt: number,
  { intervalMs, wanted, now, horizonMs }: { intervalMs: number; wanted: number; now: number; horizonMs: number },
): Slots {
  const first = Math.max(nextAt, now);
  const within = Math.floor((now + horizonMs - first) / intervalMs) + 1;
  const taken = Math.max(0, Math.min(wanted, within));
  return {
    at: Array.from({ length: taken }, (_, n) => Math.ceil(first + n * intervalMs)),
    nextAt: first + taken * intervalMs,
  };
}
