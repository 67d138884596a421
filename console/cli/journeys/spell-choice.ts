import type { ChannelChoice } from "#events/admin-api/channel-choice.ts";
import { printable } from "../spell.ts";

const BECAUSE: Record<ChannelChoice["because"], string> = {
  first_possible: "the first in the order that is possible",
  best_open_rate: "whose messages this person opens most",
  equal_open_rates: "the first in the order of those that this person opens alike",
  only_possible: "the only one that is possible",
  none_possible: "the first in the order; none is possible",
};

/** Why a message takes its channel: `email, whose messages this person opens most: sms 0 of 3 opened, lower_open_rate; …`. */
export function spellChoice(channel: string, { because, considered }: ChannelChoice): string {
  return `${printable(channel)}, ${BECAUSE[because]}: ${considered.map(spellConsidered).join("; ")}`;
}

function spellConsidered({ channel, passedOver, sent, opened }: ChannelChoice["considered"][number]): string {
  const figures = sent === undefined ? [] : [`${opened ?? 0} of ${sent} opened`];
  const said = [...figures, ...(passedOver === undefined ? [] : [passedOver])].map(printable).join(", ");
  return `${printable(channel)} ${said === "" ? "taken" : said}`;
}
