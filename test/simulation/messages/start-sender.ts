import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { ChannelName } from "#events/definitions/template.ts";
import type { MemorySqs } from "../../support/memory-sqs.ts";
import type { Dice } from "../dice.ts";
import type { Equipment } from "../functions.ts";
import { makeLambda } from "../lambda.ts";
import type { Sandbox } from "../sandbox.ts";
import type { Scheduler } from "../scheduler.ts";
import type { Weather } from "../weather.ts";
import { mapChannelQueue } from "./channel-queue.ts";
import type { Network } from "./network/make-network.ts";
import { startSending } from "./send-function.ts";
import type { MessageWatch } from "./watch/open-watch.ts";

const HOUR_MS = 3_600_000;
/** The template's. */
const TIMEOUT_MS = 60_000;
const VISIBILITY = 6;

/** One channel's queue with its sender. Dead letters are driven back now and then, and so is everything that was ever in
 *  the queue, as when somebody drives back all there is long after. */
export function startSender(on: {
  channel: ChannelName;
  network: Network;
  watch: MessageWatch;
  people: { readonly spanMs: number };
  sqs: MemorySqs;
  scheduler: Scheduler;
  weather: Weather;
  dice: Dice;
  casting: Dice;
  equip: (sandbox: Sandbox, weather?: Weather) => Equipment;
  tell: (line: () => string) => void;
  count: (metric: string, n: number) => void;
}): { isDone(): boolean } {
  const { channel, network, watch, people, sqs, scheduler, weather, dice, casting, equip, tell, count } = on;
  /** Notes whom the weather strikes. */
  const weatherOf = (sandbox: Sandbox): Weather => ({
    ...weather,
    strikes: (fault, where) => {
      const isStruck = weather.strikes(fault, where);
      if (isStruck) watch.touches.onStrike(sandbox);
      return isStruck;
    },
  });
  const lambda = makeLambda<SQSEvent, SQSBatchResponse>({
    name: `send-${channel}`,
    start: (equipment) => {
      const { sandbox } = equipment;
      watch.touches.onSender(sandbox);
      return startSending(equipment, channel, (surroundings) => network.channelOf(sandbox, surroundings));
    },
    timeoutMs: TIMEOUT_MS,
    equip: (sandbox) => equip(sandbox, weatherOf(sandbox)),
    scheduler,
    dice,
  });
  const sent = new Set<string>();
  const queue = mapChannelQueue({
    name: channel,
    lambda,
    visibilityMs: VISIBILITY * TIMEOUT_MS,
    onMessage: (take) =>
      sqs.onMessage((to, message) => {
        if (to !== channel) return;
        sent.add(message.body);
        take(message);
      }),
    scheduler,
    weather,
    dice,
    tell,
  });
  for (let more = casting.below(3); more > 0; more--) {
    scheduler.after(casting.below(people.spanMs + 12 * HOUR_MS), () => {
      tell(() => `an operator drives everything back into the queue ${channel}`);
      count("redrives", 1);
      for (const body of sent) queue.put(body);
    });
  }
  redriveDeadLetters();
  function redriveDeadLetters(): void {
    scheduler.after(2 * HOUR_MS, () => {
      count("dead letters driven back", queue.redrive());
      redriveDeadLetters();
    });
  }
  return { isDone: () => queue.isDone() && lambda.running() === 0 };
}
