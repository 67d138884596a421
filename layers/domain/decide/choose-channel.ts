import type { ChannelChoice } from "#events/admin-api/channel-choice.ts";
import type { SendStep } from "#events/definitions/journey/steps.ts";
import { expectedOpenRate, type OpenCount } from "./channel-opens.ts";
import type { StopReason } from "./decide-touch.ts";

/** A channel that a message could take. */
export interface Candidate {
  readonly channel: string;
  /** Why nothing may be sent there, now or later: no address, a suppression, no consent. Absent: it is possible. */
  readonly stopped?: StopReason;
  /** What the person opened of it: asked for with `prefer: person`. */
  readonly opens?: OpenCount;
}

const NOTHING_SENT: OpenCount = { sent: 0, opened: 0 };

/** Chooses the channel of a message and says why: the first possible one in the step's order, or with `prefer: person` the
 *  possible one whose messages this person opens most, the first of several alike. Where none is possible it is the
 *  first that was looked at, so that its reason is the one that is told. Pure.
 *  @param channels those of the step, in its order.
 *  @param looked what is known of them, in the same order. Without `prefer`, those behind the first possible one play no
 *    part and may be left out. */
export function chooseChannel<Looked extends Candidate>(
  channels: readonly string[],
  looked: readonly Looked[],
  prefer: SendStep["prefer"],
): { readonly chosen: Looked | undefined; readonly choice: ChannelChoice } {
  const byRate = prefer === "person";
  const rateOf = ({ opens = NOTHING_SENT }: Candidate) => (byRate ? expectedOpenRate(opens) : 0);
  const possible = looked.filter(({ stopped }) => stopped === undefined);
  const best = Math.max(...possible.map(rateOf));
  const alike = possible.filter((one) => rateOf(one) === best);
  const chosen = alike[0] ?? looked[0];

  function reason(): ChannelChoice["because"] {
    if (possible.length === 0) return "none_possible";
    if (!byRate) return "first_possible";
    if (possible.length === 1) return "only_possible";
    return alike.length === 1 ? "best_open_rate" : "equal_open_rates";
  }

  function consider(channel: string, place: number): ChannelChoice["considered"][number] {
    const one = looked.find((candidate) => candidate.channel === channel);
    const isBehind = !byRate && possible.length > 0 && place > channels.indexOf(chosen?.channel ?? channel);
    if (!one || isBehind) return { channel, passedOver: "later_in_order" };
    const seen = { channel, ...(byRate && (one.opens ?? NOTHING_SENT)) };
    if (one.stopped !== undefined) return { ...seen, passedOver: one.stopped };
    if (one === chosen) return seen;
    return { ...seen, passedOver: rateOf(one) < best ? "lower_open_rate" : "later_in_order" };
  }

  return { chosen, choice: { because: reason(), considered: channels.map(consider) } };
}
