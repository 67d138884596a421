import type { Range } from "#events/rule/range.ts";
import type { Favours } from "./tally.ts";

/** atLeast ≤ value < below. Kept integers are divided down to the author's units before they come here: the quotient of
 *  two integers rounds to the very double that the author's decimal does, a product of the threshold need not. */
export function rangeTest({ atLeast = -Infinity, below = Infinity }: Range): (value: number) => boolean {
  return (value) => value >= atLeast && value < below;
}

/** What a range asks for: more than its lower end, less than its upper end, or both. */
export function favoursOf({ atLeast, below }: Range): Favours {
  if (below === undefined) return "more";
  return atLeast === undefined ? "less" : "either";
}
