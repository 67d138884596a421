import { type DistinctValues, MAX_DISTINCT } from "#domain/profile/distinct-values.ts";
import type { Distinct } from "#events/rule/leaves.ts";
import { distinctFeature } from "../features.ts";
import type { CompileLeaf } from "../leaf.ts";
import type { Subject } from "../subject.ts";
import { Tally } from "../tally.ts";
import { verdict } from "../verdict.ts";
import { parseWindow } from "../window.ts";

const NONE: DistinctValues = new Map();

/** Different values of a property, each counted in the newest bucket in which it occurred. */
export const compileDistinct: CompileLeaf<Distinct> = (distinct, settings) => {
  const { id } = distinctFeature(distinct, settings);
  const { within, atLeast } = distinct;
  const valuesOf = ({ state }: Subject) => state.distincts.get(id) ?? NONE;
  const show = (count: number) => (count >= MAX_DISTINCT ? `${MAX_DISTINCT} or more` : count);
  if (within === undefined) {
    return {
      judge: (subject) => verdict(valuesOf(subject).size >= atLeast, Number.POSITIVE_INFINITY),
      seen: (subject) => show(valuesOf(subject).size),
    };
  }
  const window = parseWindow(within, settings.calendar);
  const tally = new Tally(window);
  const isEnough = (count: number) => count >= atLeast;
  function fill(subject: Subject): void {
    tally.begin(window.current(subject));
    for (const bucket of valuesOf(subject).values()) tally.add(bucket, 0);
  }
  return {
    judge(subject) {
      fill(subject);
      return tally.judge(isEnough, "more");
    },
    seen(subject) {
      fill(subject);
      return show(tally.count);
    },
  };
};
