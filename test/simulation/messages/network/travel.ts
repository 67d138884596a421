import type { Dice } from "../../dice.ts";
import type { Sandbox } from "../../sandbox.ts";
import type { Scheduler } from "../../scheduler.ts";
import type { Fate, Verdict } from "./fates.ts";

/** Answers of providers take no longer than this. */
const SLOW_MS = 9_000;
const STALL_MINUTES = [21, 40] as const;

/** A call on its way to a provider and back. */
export interface Journey<Answer> {
  readonly sandbox: Sandbox;
  readonly fate: Fate;
  readonly timeoutMs: number;
  /** The provider does what it does, and says so. */
  readonly serve: (verdict: Verdict) => Answer;
  /** What the caller makes of no answer. */
  readonly lose: (how: { readonly connected: boolean; readonly timedOut: boolean }) => Answer;
}

/** Takes a call to its provider as its fate will have it. The worker may die, or stand still, before, under way or after;
 *  what it had sent may arrive all the same. */
export function travel<Answer>(
  { scheduler, dice }: { readonly scheduler: Scheduler; readonly dice: Dice },
  { sandbox, fate, timeoutMs, serve, lose }: Journey<Answer>,
): Promise<Answer> {
  const { way, verdict } = fate;
  return new Promise((resolve) => {
    const answer = (result: Answer, inMs = dice.between(5, 300)) => sandbox.after(inMs, () => resolve(result));
    const arrive = (then: () => void, inMs: number = dice.between(5, 200)) => scheduler.after(inMs, then);
    const timeOut = () => answer(lose({ connected: true, timedOut: true }), timeoutMs);
    const serveAndAnswer = (inMs?: number) => answer(serve(verdict), inMs);
    const stall = () => {
      const stallMs = dice.between(...STALL_MINUTES) * 60_000;
      sandbox.hasStalled = true;
      sandbox.standStill(stallMs);
      return stallMs;
    };
    switch (way) {
      case "straight":
        return arrive(() => serveAndAnswer());
      case "slow":
        return arrive(() => serveAndAnswer(dice.below(SLOW_MS)));
      case "unreachable":
        return answer(lose({ connected: false, timedOut: false }));
      case "never arrives":
        return timeOut();
      case "answer lost":
        arrive(() => serve(verdict));
        return timeOut();
      case "arrives when nobody waits":
        arrive(() => serve(verdict), timeoutMs + dice.below(10 * 60_000));
        return timeOut();
      case "dead":
        if (dice.chance(0.3)) arrive(() => serve(verdict));
        return timeOut();
      case "dies before":
        return sandbox.kill();
      case "dies under way":
        arrive(() => serve(verdict));
        return sandbox.kill();
      case "dies after":
        return arrive(() => {
          serve(verdict);
          sandbox.kill();
        });
      case "stands still before":
        return arrive(() => serveAndAnswer(), stall());
      case "stands still after":
        return arrive(() => {
          const said = serve(verdict);
          stall();
          answer(said);
        });
      default:
        return way satisfies never;
    }
  });
}
