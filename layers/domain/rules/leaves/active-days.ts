import type { ActiveDays } from "#events/rule/leaves.ts";
import type { CompileLeaf } from "../leaf.ts";
import { Tally } from "../tally.ts";
import { verdict } from "../verdict.ts";
import { parseWindow } from "../window.ts";

/** Distinct calendar days with activity; without `within`, of all that are kept. */
export const compileActiveDays: CompileLeaf<ActiveDays> = ({ within, atLeast }, { calendar }) => {
  if (within === undefined) {
    return {
      judge: ({ state }) => verdict(state.activeDays.size >= atLeast, Number.POSITIVE_INFINITY),
      seen: ({ state }) => state.activeDays.size,
    };
  }
  const tally = new Tally(parseWindow(within, calendar));
  const isEnough = (days: number) => days >= atLeast;
  return {
    judge({ state, today }) {
      tally.begin(today);
      for (const day of state.activeDays) tally.add(day, 1);
      return tally.judge(isEnough, "more");
    },
    seen({ state, today }) {
      tally.begin(today);
      for (const day of state.activeDays) tally.add(day, 1);
      return tally.count;
    },
  };
};
