import { CHANNEL_BUGS } from "./planted/channel-bugs.ts";
import { EVENT_BUGS } from "./planted/event-bugs.ts";
import type { PlantedBug } from "./planted/planted-bug.ts";
import { SENDING_BUGS } from "./planted/sending-bugs.ts";
import { TIME_BUGS } from "./planted/time-bugs.ts";

export const PLANTED_BUGS: readonly PlantedBug[] = [...EVENT_BUGS, ...TIME_BUGS, ...SENDING_BUGS, ...CHANNEL_BUGS];

/** Throws on a name that no planted bug has. */
export function findPlantedBug(name: string): PlantedBug {
  const bug = PLANTED_BUGS.find((planted) => planted.name === name);
  if (!bug)
    throw new RangeError(`no planted bug "${name}"; there are: ${PLANTED_BUGS.map((it) => it.name).join(", ")}`);
  return bug;
}
