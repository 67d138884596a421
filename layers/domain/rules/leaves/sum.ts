import { MONETARY_PROPERTIES } from "#domain/money/monetary-properties.ts";
import type { Sum } from "#events/rule/leaves.ts";
import { featureOf, NUMBER_SCALE } from "../features.ts";
import type { CompileLeaf } from "../leaf.ts";
import { favoursOf, rangeTest } from "../range.ts";
import { compileCounted } from "./counted.ts";

export const compileSum: CompileLeaf<Sum> = (sum, settings) => {
  const scale = MONETARY_PROPERTIES.has(sum.property) ? settings.minorUnits : NUMBER_SCALE;
  const isInRange = rangeTest(sum);
  return compileCounted(
    featureOf(sum, settings),
    sum.within,
    { accepts: (_, total) => isInRange(total / scale), favours: favoursOf(sum) },
    (_, total) => total / scale,
    settings,
  );
};
