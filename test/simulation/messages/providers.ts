import type { Channel, OutgoingMessage, SendResult } from "#domain/ports/channel.ts";
import type { ChannelDefinition } from "#events/definitions/channel.ts";
import type { Dice } from "../dice.ts";
import type { Sandbox } from "../sandbox.ts";
import type { Scheduler } from "../scheduler.ts";

/** One call of a provider, from the moment in which the worker decided to make it. */
export interface ProviderCall {
  readonly touchId: string;
  readonly message: OutgoingMessage;
  readonly sandbox: Sandbox;
  readonly provider: string;
  readonly at: number;
  /** What the worker's clock showed. */
  readonly ownClock: number;
}

export interface Providers {
  channelOf(sandbox: Sandbox): (definition: ChannelDefinition) => Channel;
  /** Nothing goes wrong any more. */
  calm(): void;
}

/** What can happen to a call, and how often in a storm; otherwise it is taken and answered. */
const FATES = {
  "dies before": 0.02,
  "dies under way": 0.02,
  "dies after": 0.03,
  "answer lost": 0.06,
  "never arrives": 0.03,
  refused: 0.05,
  "refused for good": 0.02,
  throttled: 0.08,
  slow: 0.08,
  "stands still before": 0.03,
  "stands still after": 0.03,
} as const;
type Fate = keyof typeof FATES | "taken";

/** Answers of providers take no longer than this. */
const SLOW_MS = 9_000;
const STALL_MINUTES = [21, 40] as const;

/** Two providers of mail: `first` does not know a message again, `second` takes each touch once. Either is dead for a
 *  while now and then: it takes calls, some of them with their message, and never answers. */
export function makeProviders(on: {
  scheduler: Scheduler;
  dice: Dice;
  /** Stories in which a provider is left alone have none. */
  strength: number;
  /** While one of these lasts, a provider is dead; counted from the beginning. */
  outages: readonly { readonly provider: string; readonly from: number; readonly to: number }[];
  onCall: (call: ProviderCall) => void;
  onTaken: (call: ProviderCall) => void;
  /** The worker heard nothing of it. */
  onUnknown: (call: ProviderCall) => void;
  /** The worker dies, or stands still. */
  onStrike: (sandbox: Sandbox) => void;
  tell: (line: () => string) => void;
}): Providers {
  const { scheduler, dice, strength, outages, tell } = on;
  const known = new Set<string>();
  let isCalm = false;

  function drawFate(): Fate {
    if (isCalm || strength === 0) return "taken";
    let roll = dice.next() / strength;
    for (const [fate, rate] of Object.entries(FATES)) {
      if (roll < rate) return fate as Fate;
      roll -= rate;
    }
    return "taken";
  }

  const isDead = (provider: string) =>
    !isCalm &&
    outages.some((one) => one.provider === provider && scheduler.now() >= one.from && scheduler.now() < one.to);

  function take(call: ProviderCall): void {
    const key = `${call.provider} ${call.touchId}`;
    const isAgain = call.provider === "second" && known.has(key);
    known.add(key);
    if (!isAgain) on.onTaken(call);
  }

  function call(made: ProviderCall, timeoutMs: number): Promise<SendResult> {
    const { sandbox, touchId, provider } = made;
    on.onCall(made);
    const fate = isDead(provider) ? "dead" : drawFate();
    if (/^(dies|stands)/.test(fate)) on.onStrike(sandbox);
    tell(() => `${sandbox.name} calls ${provider} with ${touchId} for ${made.message.address}: ${fate}`);
    return new Promise((resolve) => {
      const answer = (result: SendResult, inMs = dice.between(5, 300)) =>
        sandbox.after(inMs, () => {
          if (result.kind === "unknown") on.onUnknown(made);
          resolve(result);
        });
      const sent: SendResult = { kind: "sent", providerId: `${provider}-${touchId}` };
      const lost: SendResult = { kind: "unknown", code: "timed_out" };
      const arrive = (then: () => void, inMs: number = dice.between(5, 200)) => scheduler.after(inMs, then);
      const stall = () => {
        const stallMs = dice.between(...STALL_MINUTES) * 60_000;
        sandbox.hasStalled = true;
        sandbox.standStill(stallMs);
        return stallMs;
      };
      const takeIt = () => take(made);
      const takeAndAnswer = (inMs?: number) => {
        takeIt();
        answer(sent, inMs);
      };
      if (fate === "taken") arrive(() => takeAndAnswer());
      else if (fate === "slow") arrive(() => takeAndAnswer(dice.below(SLOW_MS)));
      else if (fate === "throttled") {
        const afterMs = dice.pick([0, 30_000, 20 * 60_000]);
        answer({ kind: "retry", afterMs, code: "throttled", healthy: dice.chance(0.5) });
      } else if (fate === "refused") answer({ kind: "failed", code: "refused" });
      else if (fate === "refused for good") answer({ kind: "failed", code: "refused", suppress: true });
      else if (fate === "never arrives") answer(lost, timeoutMs);
      else if (fate === "answer lost") {
        arrive(takeIt);
        answer(lost, timeoutMs);
      } else if (fate === "dead") {
        if (dice.chance(0.3)) arrive(takeIt);
        answer(lost, timeoutMs);
      } else if (fate === "dies before") sandbox.kill();
      else if (fate === "dies under way") {
        arrive(takeIt);
        sandbox.kill();
      } else if (fate === "dies after") {
        arrive(() => {
          takeIt();
          sandbox.kill();
        });
      } else if (fate === "stands still before") arrive(() => takeAndAnswer(), stall());
      else {
        arrive(() => {
          takeIt();
          stall();
          answer(sent);
        });
      }
    });
  }

  return {
    channelOf:
      (sandbox) =>
      ({ name, adapter }) => ({
        name,
        adapter,
        idempotent: name === "second",
        send: (message, { touchId, timeoutMs }) => {
          const at = scheduler.now();
          return call({ touchId, message, sandbox, provider: name, at, ownClock: sandbox.now() }, timeoutMs);
        },
      }),
    calm: () => {
      isCalm = true;
    },
  };
}
