import { type ChannelSurroundings, makeChannels } from "#aws/channels/make-channels.ts";
import type { Channel, SendResult } from "#domain/ports/channel.ts";
import type { ChannelDefinition } from "#events/definitions/channel.ts";
import type { Dice } from "../../dice.ts";
import type { Sandbox } from "../../sandbox.ts";
import type { Scheduler } from "../../scheduler.ts";
import { drawFate } from "./fates.ts";
import { makeProviders } from "./make-providers.ts";
import { answerMail } from "./neutral-mail.ts";
import { type Course, courseNow, courses, type ProviderCall } from "./provider-call.ts";
import { makeSandboxNetwork, type Trip } from "./sandbox-network.ts";
import { travel } from "./travel.ts";

export interface Network {
  /** Channels as a sandbox has them: the real adapters, with this network for theirs. */
  channelOf(
    sandbox: Sandbox,
    surroundings: Omit<ChannelSurroundings, "network">,
  ): (definition: ChannelDefinition) => Channel;
  /** A message lies in somebody's inbox. */
  onInbox(touchId: string): void;
  /** Nothing goes wrong any more. */
  calm(): void;
  /** Nothing is on its way any more that nobody waits for. */
  isDone(): boolean;
}

const LATEST_MS = 15 * 60_000;
/** Clients of AWS take more than one turn of the event loop: nothing else goes on meanwhile. */
const AWS: ReadonlySet<string> = new Set(["ses", "aws"]);

/** The internet with every provider on it. Each is dead for a while now and then: it takes calls, some of them with their
 *  message, and never answers. */
export function makeNetwork(on: {
  scheduler: Scheduler;
  dice: Dice;
  /** Stories in which providers are left alone have none. */
  strength: number;
  /** While one of these lasts, a provider is dead; counted from the beginning. */
  outages: readonly { readonly provider: string; readonly from: number; readonly to: number }[];
  onCall: (call: ProviderCall) => void;
  /** @param id what the provider's own id is made of. */
  onTaken: (call: ProviderCall, id: number) => void;
  /** Nothing of an answer came back, or nothing that says what became of the message. */
  onSilence: (call: ProviderCall) => void;
  /** The provider has said that it will not write there. */
  onRefusal: (call: ProviderCall, scope: "all" | "marketing") => void;
  /** The worker dies, or stands still. */
  onStrike: (sandbox: Sandbox) => void;
  complain: (law: string, what: string) => void;
  tell: (line: () => string) => void;
}): Network {
  const { scheduler, dice, outages, tell } = on;
  const providers = makeProviders(on);
  const { take } = providers;
  const last = new Map<string, ProviderCall>();
  let isCalm = false;
  let latest = 0;

  /** One request of a call: there may be others, for a token. */
  function go<Answer>(call: ProviderCall, of: Trip<Answer>): Promise<Answer> {
    const { sandbox, provider } = call;
    const drawn = drawFate(dice, isCalm ? 0 : on.strength);
    const isDead = (one: (typeof outages)[number]) =>
      one.provider === provider && scheduler.now() >= one.from && scheduler.now() < one.to;
    const fate = !isCalm && outages.some(isDead) ? { ...drawn, way: "dead" as const } : drawn;
    if (/^(dies|stands)/.test(fate.way)) on.onStrike(sandbox);
    if (fate.way === "arrives when nobody waits") latest = scheduler.now() + LATEST_MS;
    tell(() => `${sandbox.name} calls ${provider} ${of.what}: ${fate.way}, ${fate.verdict}`);
    if (fate.verdict === "broken") on.onSilence(call);
    const lose: typeof of.lose = (how) => {
      if (how.connected) on.onSilence(call);
      return of.lose(how);
    };
    return travel({ scheduler, dice }, { ...of, lose, sandbox, fate });
  }

  function mail(call: ProviderCall, timeoutMs: number): Promise<SendResult> {
    return go<SendResult>(call, {
      what: `with ${call.touchId}`,
      timeoutMs,
      serve: (verdict) => answerMail(dice, verdict, () => take(call)),
      lose: ({ connected }) =>
        connected ? { kind: "unknown", code: "timed_out" } : { kind: "retry", afterMs: 0, code: "connection_lost" },
    });
  }

  return {
    channelOf(sandbox, surroundings) {
      const log: ChannelSurroundings["log"] = (message, shape) => {
        if (message === "touch_logged") take(courseNow().call);
        surroundings.log(message, shape);
      };
      const made = makeChannels({
        ...surroundings,
        log,
        network: makeSandboxNetwork(sandbox, { scheduler, go, arrive: providers.arrive }),
      });
      return (definition) => {
        const { name, adapter } = definition;
        const real = made(definition);
        return {
          ...real,
          idempotent: adapter === "smtp" ? name === "second" : real.idempotent,
          async send(message, by) {
            const { touchId } = by;
            const at = scheduler.now();
            const call = { touchId, message, sandbox, provider: name, adapter, at, ownClock: sandbox.now() };
            on.onCall(call);
            last.set(touchId, call);
            const { promise: reached, resolve } = Promise.withResolvers<void>();
            const course: Course = { call, reached: resolve };
            const sending = courses.run(course, () =>
              adapter === "smtp" ? mail(call, by.timeoutMs) : real.send(message, by),
            );
            if (AWS.has(adapter)) {
              course.result = sending.catch(() => {});
              scheduler.hold(Promise.race([reached, course.result]));
            }
            const result = await sending;
            tell(() => `${sandbox.name} hears of ${touchId}: ${result.kind} ${"code" in result ? result.code : ""}`);
            if (result.kind === "failed" && result.suppress)
              on.onRefusal(call, result.suppress === "marketing" ? "marketing" : "all");
            return result;
          },
        };
      };
    },
    onInbox(touchId) {
      const call = last.get(touchId);
      if (call) take(call);
      else on.complain("inbox", `${touchId} is in an inbox, and nobody put it there`);
    },
    calm: () => {
      isCalm = true;
    },
    isDone: () => scheduler.now() >= latest,
  };
}
