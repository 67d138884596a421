import type { Did } from "#events/rule/leaves.ts";
import { featureOf } from "../features.ts";
import type { CompileLeaf } from "../leaf.ts";
import { compileCounted } from "./counted.ts";

export const compileDid: CompileLeaf<Did> = (did, settings) => {
  const { atLeast = 1, atMost = Number.POSITIVE_INFINITY, on } = did;
  const isEnough = (number: number) => number >= atLeast && number <= atMost;
  const onDays = on === "days";
  return compileCounted(
    featureOf(did, settings),
    did.within,
    {
      accepts: onDays ? (days) => isEnough(days) : (_, times) => isEnough(times),
      favours: atMost === Number.POSITIVE_INFINITY ? "more" : "either",
    },
    onDays ? (days) => days : (_, times) => times,
    settings,
  );
};
