import type { Dice } from "../../dice.ts";

/** What can happen to a call of a provider on its way, and how often in a storm. */
const WAYS = {
  "dies before": 0.02,
  "dies under way": 0.02,
  "dies after": 0.03,
  "answer lost": 0.06,
  "never arrives": 0.02,
  "arrives when nobody waits": 0.02,
  unreachable: 0.02,
  slow: 0.08,
  "stands still before": 0.03,
  "stands still after": 0.03,
} as const;
/** What a provider may say of a call that arrived; each says it in its own words, or takes the message where it has none. */
const VERDICTS = {
  refused: 0.05,
  "address dead": 0.02,
  "opted out": 0.02,
  throttled: 0.08,
  /** A failure of its own: it may have the message. */
  broken: 0.03,
  "token ended": 0.05,
} as const;

export type Way = keyof typeof WAYS | "straight" | "dead";
export type Verdict = keyof typeof VERDICTS | "taken";
export interface Fate {
  readonly way: Way;
  readonly verdict: Verdict;
}

/** Draws what becomes of a call; at `strength` 0 it is taken and answered. */
export function drawFate(dice: Dice, strength: number): Fate {
  if (strength === 0) return { way: "straight", verdict: "taken" };
  let roll = dice.next() / strength;
  for (const [way, rate] of Object.entries(WAYS)) {
    if (roll < rate) return { way: way as Way, verdict: "taken" };
    roll -= rate;
  }
  for (const [verdict, rate] of Object.entries(VERDICTS)) {
    if (roll < rate) return { way: "straight", verdict: verdict as Verdict };
    roll -= rate;
  }
  return { way: "straight", verdict: "taken" };
}
