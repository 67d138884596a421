import type { KinesisStreamBatchResponse, KinesisStreamEvent, SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { HttpAnswer } from "#aws/http-answer.ts";
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
import type { Cast } from "./cast.ts";
import { decideFunctions } from "./decide-functions.ts";
import type { Messaging } from "./message-population.ts";
import { outcomeFunctions } from "./outcome-functions.ts";
import { makePostman } from "./postman.ts";
import { startReceipts } from "./receipts/start-receipts.ts";
import { startRecipients } from "./recipients.ts";
import { startCampaign } from "./start-campaign.ts";
import { startNetwork } from "./start-network.ts";
import { startSender } from "./start-sender.ts";
import { openWatch } from "./watch/open-watch.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** The template's. */
const DUE_TIMEOUT_MS = 5 * MINUTE_MS;
const DECIDE_TIMEOUT_MS = 2 * MINUTE_MS;
const VISIBILITY = 6;

export interface MessageStage {
  readonly messaging: Messaging;
  readonly cast: Cast;
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
}

/** What runs beside the flow of events where people are reached: deciding, waits, a sender for each channel, providers, and
 *  what they and people tell of messages; and what is checked of it all. */
export async function startMessages(stage: MessageStage): Promise<Acts> {
  const { messaging, cast, people, dynamo, kinesis, sqs, scheduler, weather, dice, casting, equip, tell } = stage;
  const start = scheduler.now();
  const watch = await openWatch({ ...stage, now: scheduler.now });
  const lambda = { scheduler, dice, equip };
  const decide = makeLambda<KinesisStreamEvent, KinesisStreamBatchResponse>({
    name: "decide",
    start: decideFunctions.decide,
    timeoutMs: DECIDE_TIMEOUT_MS,
    ...lambda,
  });
  const few = casting.chance(0.5) ? 200 : 0;
  const wake = makeLambda<undefined, void>({
    name: "wake",
    start: (equipment) => decideFunctions.wake(equipment, few),
    timeoutMs: 2 * MINUTE_MS,
    ...lambda,
  });
  const wakeDue = makeLambda<SQSEvent, SQSBatchResponse>({ name: "due", start: decideFunctions.wakeDue, ...lambda });
  const page = makeLambda<TestRequest, HttpAnswer>({
    name: "page",
    start: outcomeFunctions.page,
    timeoutMs: 30_000,
    ...lambda,
  });
  const sesEvents = makeLambda({ name: "outcome", start: outcomeFunctions.sesEvents, timeoutMs: 30_000, ...lambda });

  const network = startNetwork({ ...stage, watch, start });
  const senders = cast.channels.map((channel) => startSender({ ...stage, channel, network, watch }));
  const postman = makePostman({ page, scheduler, dice });
  const about = { ...stage, watch, postman, sesEvents, now: scheduler.now };
  const recipients = startRecipients(about);
  const receipts = startReceipts(about);
  network.onTaken((call, id) => {
    recipients.onTaken(call);
    receipts.onTaken(call, id);
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
  const campaign = startCampaign({ dynamo, scheduler, wake });

  const end = start + people.spanMs + 14 * HOUR_MS;
  scheduler.after(messaging.stormMs, () => {
    weather.calm();
    network.calm();
  });
  return {
    isQuiet: () =>
      scheduler.now() >= end &&
      [...mappings, ...senders, due, schedules, postman, receipts, network, campaign].every((one) => one.isDone()) &&
      [decide, wake, wakeDue, page, sesEvents].every(({ running }) => running() === 0) &&
      (watch.open().length === 0 || scheduler.now() > start + messaging.lengthMs),
    finish: async () => watch.check(),
  };
}
