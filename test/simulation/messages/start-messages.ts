import type { KinesisStreamBatchResponse, KinesisStreamEvent, SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { HttpAnswer } from "#aws/http-answer.ts";
import type { Touch } from "#domain/touches/touch.ts";
import type { TestRequest } from "../../support/collect-harness.ts";
import type { MemoryDynamo } from "../../support/memory-dynamo.ts";
import type { MemoryKinesis, ShardRecord } from "../../support/memory-kinesis.ts";
import type { MemorySqs } from "../../support/memory-sqs.ts";
import type { Journal } from "../checks/journal.ts";
import type { Acts } from "../course.ts";
import type { Dice } from "../dice.ts";
import { CONFIG, type Equipment } from "../functions.ts";
import { makeLambda } from "../lambda.ts";
import { mapShard } from "../mapping.ts";
import { mapQueue } from "../queue-mapping.ts";
import type { Sandbox } from "../sandbox.ts";
import type { Scheduler } from "../scheduler.ts";
import { startSchedules } from "../schedules.ts";
import type { Weather } from "../weather.ts";
import { mapChannelQueue } from "./channel-queue.ts";
import { MESSAGE_CONFIG, messageFunctions } from "./message-functions.ts";
import type { Messaging } from "./message-population.ts";
import { makeProviders, type ProviderCall } from "./providers.ts";
import { watchMessages } from "./watch-messages.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** The template's. */
const SEND_TIMEOUT_MS = MINUTE_MS;
const DUE_TIMEOUT_MS = 5 * MINUTE_MS;
const DECIDE_TIMEOUT_MS = 2 * MINUTE_MS;
const VISIBILITY = 6;

export interface MessageStage {
  readonly messaging: Messaging;
  readonly people: { readonly emails: number; readonly spanMs: number };
  readonly dynamo: MemoryDynamo;
  readonly kinesis: MemoryKinesis;
  readonly sqs: MemorySqs;
  readonly journal: Journal;
  readonly scheduler: Scheduler;
  readonly weather: Weather;
  readonly dice: Dice;
  /** What happens by itself is drawn from these. */
  readonly casting: Dice;
  readonly equip: (sandbox: Sandbox, weather?: Weather) => Equipment;
  readonly giveUp: (stream: string, records: readonly ShardRecord[]) => void;
  readonly tell: (line: () => string) => void;
  readonly count: (metric: string, n: number) => void;
  readonly isFlowDone: () => boolean;
}

/** What runs beside the flow of events where people are reached: deciding, waits, the sender with two providers, and
 *  people who unsubscribe; and what is checked of them. */
export async function startMessages(stage: MessageStage): Promise<Acts> {
  const { messaging, people, dynamo, kinesis, sqs, scheduler, weather, dice, casting, equip, tell, count } = stage;
  const start = scheduler.now();
  const addresses = Array.from({ length: people.emails }, (_, n) => `e${n}@x.cn`);
  const watch = await watchMessages({ ...stage, addresses, now: scheduler.now });
  const lambda = { scheduler, dice };

  const outages = ["first", "second"].flatMap((provider) =>
    casting.chance(0.3)
      ? [casting.below(people.spanMs)].map((from) => ({
          provider,
          from: start + from,
          to: start + from + casting.between(1, 90) * MINUTE_MS,
        }))
      : [],
  );
  const providers = makeProviders({
    scheduler,
    dice,
    strength: casting.chance(0.2) ? 0 : 0.5 + casting.next(),
    outages,
    onCall: watch.onCall,
    onUnknown: watch.onUnknown,
    onStrike: ({ name }) => watch.onStrike(name),
    onTaken: (call) => {
      watch.onTaken(call);
      unsubscribePerhaps(call);
    },
    tell,
  });

  /** Notes whom the weather strikes. */
  const weatherOf = ({ name }: Sandbox): Weather => ({
    ...weather,
    strikes: (fault, where) => {
      const isStruck = weather.strikes(fault, where);
      if (isStruck) watch.onStrike(name);
      return isStruck;
    },
  });
  const decide = makeLambda<KinesisStreamEvent, KinesisStreamBatchResponse>({
    name: "decide",
    start: messageFunctions.decide,
    timeoutMs: DECIDE_TIMEOUT_MS,
    equip,
    ...lambda,
  });
  const few = casting.chance(0.5) ? 200 : 0;
  const wake = makeLambda<undefined, void>({
    name: "wake",
    start: (equipment) => messageFunctions.wake(equipment, few),
    timeoutMs: 2 * MINUTE_MS,
    equip,
    ...lambda,
  });
  const wakeDue = makeLambda<SQSEvent, SQSBatchResponse>({
    name: "due",
    start: messageFunctions.wakeDue,
    equip,
    ...lambda,
  });
  const send = makeLambda<SQSEvent, SQSBatchResponse>({
    name: "send",
    start: (equipment) => {
      const { sandbox } = equipment;
      watch.onSender(sandbox);
      return messageFunctions.send(equipment, providers.channelOf(sandbox));
    },
    timeoutMs: SEND_TIMEOUT_MS,
    equip: (sandbox) => equip(sandbox, weatherOf(sandbox)),
    ...lambda,
  });
  const page = makeLambda<TestRequest, HttpAnswer>({
    name: "page",
    start: messageFunctions.page,
    timeoutMs: 30_000,
    equip,
    ...lambda,
  });

  const surroundings = { scheduler, weather, dice, tell };
  const mappings = kinesis.shards(CONFIG.STRATA_FACT_STREAM).map((records, shard) =>
    mapShard({
      name: `decide/${shard}`,
      records,
      lambda: decide,
      giveUp: (given) => stage.giveUp(CONFIG.STRATA_FACT_STREAM, given),
      onRecord: (wakeUp) =>
        kinesis.onRecord((name, at) => name === CONFIG.STRATA_FACT_STREAM && at === shard && wakeUp()),
      ...surroundings,
    }),
  );
  const due = mapQueue({
    name: CONFIG.STRATA_QUEUE_DUE,
    lambda: wakeDue,
    visibilityMs: VISIBILITY * DUE_TIMEOUT_MS,
    onMessage: (take) => sqs.onMessage((to, message) => to === CONFIG.STRATA_QUEUE_DUE && take(message)),
    ...surroundings,
  });
  const sent = new Set<string>();
  const mail = mapChannelQueue({
    name: MESSAGE_CONFIG.STRATA_QUEUE_EMAIL,
    lambda: send,
    visibilityMs: VISIBILITY * SEND_TIMEOUT_MS,
    onMessage: (take) =>
      sqs.onMessage((to, message) => {
        if (to !== MESSAGE_CONFIG.STRATA_QUEUE_EMAIL) return;
        sent.add(message.body);
        take(message);
      }),
    ...surroundings,
  });
  const plan = { invoke: () => {}, running: () => 0 };
  const schedules = startSchedules({
    dynamo,
    scheduler,
    wake,
    plan,
    outage: undefined,
    until: 0,
    timersTable: CONFIG.STRATA_TABLE_TIMERS,
    tell,
  });

  const end = start + people.spanMs + 14 * HOUR_MS;
  scheduler.after(messaging.stormMs, () => {
    weather.calm();
    providers.calm();
  });
  // Everything that was ever in the queue comes again, as when all dead letters are driven back long after.
  for (let more = casting.below(3); more > 0; more--) {
    scheduler.after(casting.below(people.spanMs + 12 * HOUR_MS), () => {
      tell(() => "an operator drives everything back into the queue");
      count("redrives", 1);
      for (const body of sent) mail.put(body);
    });
  }
  redriveDeadLetters();
  function redriveDeadLetters(): void {
    scheduler.after(2 * HOUR_MS, () => {
      count("dead letters driven back", mail.redrive());
      redriveDeadLetters();
    });
  }

  const links = new Map<string, string>();
  const addressOf = watch.addressOf;
  let unsubscribing = 0;
  function unsubscribePerhaps({ message }: ProviderCall): void {
    const { address, unsubscribeUrl } = message;
    if (unsubscribeUrl === undefined) return;
    links.set(address, unsubscribeUrl);
    if (!dice.chance(0.12)) return;
    unsubscribeLater(address, dice.pick([5_000, 10 * MINUTE_MS, 3 * HOUR_MS]));
  }
  // Just when the next message is on its way to them.
  watch.onClaim(({ category, addressHash }: Touch) => {
    const address = addressOf(addressHash);
    const isKnown = address !== undefined && links.has(address);
    if (category === "marketing" && isKnown && dice.chance(0.1)) unsubscribeLater(address, 300);
  });

  function unsubscribeLater(address: string, withinMs: number): void {
    unsubscribing++;
    scheduler.after(dice.below(withinMs), () => unsubscribe(address));
  }

  function unsubscribe(address: string): void {
    const url = links.get(address) ?? "";
    tell(() => `${address} unsubscribes`);
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const request = { method: "POST", path: new URL(url).pathname, headers, body: "List-Unsubscribe=One-Click" };
    page.invoke(request, (outcome) => {
      if (outcome.kind === "failed" || outcome.answer.statusCode !== 200) {
        scheduler.after(dice.between(1, 60) * 1000, () => unsubscribe(address));
        return;
      }
      tell(() => `${address} is told that nothing will come any more`);
      watch.onOptOut(address);
      unsubscribing--;
    });
  }

  return {
    isQuiet: () =>
      scheduler.now() >= end &&
      unsubscribing === 0 &&
      mappings.every((one) => one.isDone()) &&
      [decide, wake, wakeDue, send, page].every(({ running }) => running() === 0) &&
      due.isDone() &&
      mail.isDone() &&
      schedules.isDone() &&
      (watch.open().length === 0 || scheduler.now() > start + messaging.lengthMs),
    finish: async () => watch.check(),
  };
}
