import { UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import type { HttpAnswer } from "#aws/http-answer.ts";
import { makeDefinitionStore } from "#aws/stores/definition-store.ts";
import type { Bundle } from "#domain/definitions/bundle.ts";
import { changeDefinitions } from "#domain/definitions/change-definitions.ts";
import { compileBundle } from "#domain/definitions/compile-bundle.ts";
import type { IdentifierKey, ProfileId } from "#domain/profile/state.ts";
import { source, type TestRequest } from "../support/collect-harness.ts";
import { makeMemoryDynamo } from "../support/memory-dynamo.ts";
import { makeMemoryKinesis, type ShardRecord } from "../support/memory-kinesis.ts";
import { makeMemoryS3 } from "../support/memory-s3.ts";
import { makeMemorySqs } from "../support/memory-sqs.ts";
import { checkEvents } from "./checks/check-events.ts";
import { checkFacts } from "./checks/check-facts.ts";
import { checkPeople } from "./checks/check-people.ts";
import { summarise } from "./checks/check-time.ts";
import { keepJournal, type Violation } from "./checks/journal.ts";
import { keepBundles } from "./checks/keep-bundles.ts";
import { watchOrder } from "./checks/watch-order.ts";
import { watchVersions } from "./checks/watch-versions.ts";
import { startCourse } from "./course.ts";
import { makeDice } from "./dice.ts";
import { CONFIG, functions } from "./functions.ts";
import { makeLambda } from "./lambda.ts";
import { eventOf, mapShard } from "./mapping.ts";
import { drawCast } from "./messages/cast.ts";
import { messageDefinitions } from "./messages/message-definitions.ts";
import { startMessages } from "./messages/start-messages.ts";
import { definitionsOf, drawRequests, type Population, USUAL_WORLDS, WRITE_KEY } from "./population.ts";
import { makeClient, type Sandbox, type Service } from "./sandbox.ts";
import { makeScheduler } from "./scheduler.ts";
import { startSenders } from "./senders.ts";
import { asDynamoService, asKinesisService, asS3Service, asSqsService } from "./services.ts";
import { changesAtFirst, drawTurns } from "./time-population.ts";
import { type Fault, type Mercy, makeRates, makeWeather, NO_MERCY } from "./weather.ts";

/** 2026-11-22T12:00:00Z */
const START = Date.UTC(2026, 10, 22, 12);
/** Far more than any story needs that comes to rest. */
const MAX_TASKS = 40_000;
const MAX_TASKS_OF_DAYS = 400_000;
const DAY_MS = 86_400_000;
/** Where days pass there is a storm on each. */
const STRIKES_A_DAY = 35;
const SWEEP_EVERY_MS = 5 * 60_000;

export interface Plot {
  readonly seed: number;
  readonly world?: Population;
  /** Messages that are left out of the story. */
  readonly without?: ReadonlySet<string>;
  readonly mercy?: Mercy;
  /** Hears every line of the story. */
  readonly tell?: (line: string) => void;
}

export interface Ending {
  readonly violations: readonly Violation[];
  readonly struck: ReadonlyMap<Fault, number>;
  /** The numbers of the strikes that there were. */
  readonly strikes: ReadonlySet<number>;
  readonly messages: readonly string[];
  readonly merges: number;
  readonly tasks: number;
  /** Living people whom no identifier points to: they hold no event. */
  readonly ghosts: number;
  /** What the functions counted, and how often what happened that only some worlds have. */
  readonly counted: ReadonlyMap<string, number>;
  /** Who is who, and in what, in the end. */
  readonly summary: string;
}

/** Plays one seed from the first request until all is quiet, and checks what is left. */
export async function runSeed({
  seed,
  world,
  without = new Set(),
  mercy = NO_MERCY,
  tell: listener,
}: Plot): Promise<Ending> {
  const casting = makeDice(seed);
  const people: Population = world ?? casting.pick(USUAL_WORLDS);
  const dice = makeDice(seed ^ 0x5bd1e995);
  const scheduler = makeScheduler(START);
  const tell = (line: () => string) => listener?.(`${((scheduler.now() - START) / 1000).toFixed(3)}s ${line()}`);
  const cast = people.messaging && drawCast(makeDice(seed ^ 0x1b873593));
  const isOfDays = people.course !== undefined || people.messaging !== undefined;
  const allowed = isOfDays ? () => STRIKES_A_DAY * (1 + Math.floor((scheduler.now() - START) / DAY_MS)) : undefined;
  const weather = makeWeather(makeDice(seed ^ 0x2545f491), makeRates(casting, people.faults), mercy, tell, allowed);
  const counted = new Map<string, number>();
  const count = (metric: string, n: number) => {
    // A gauge has no sum.
    if (metric !== "WakeLagSeconds") counted.set(metric, (counted.get(metric) ?? 0) + n);
  };
  const dynamo = makeMemoryDynamo();
  const kinesis = makeMemoryKinesis(people.shards);
  const s3 = makeMemoryS3();
  const sqs = makeMemorySqs();

  const journal = keepJournal(dynamo, kinesis);
  watchVersions(journal);
  const order = watchOrder(journal);
  const unlisted = new Set<string>();

  let ids = 0;
  const newId = () => `id${String(++ids).padStart(6, "0")}`;
  const services = [asDynamoService(dynamo), asKinesisService(kinesis), asS3Service(s3), asSqsService(sqs)];
  const equip = (sandbox: Sandbox, around = weather) => {
    const [dynamoClient, kinesisClient, s3Client, sqsClient] = services.map((service) =>
      makeClient({ scheduler, weather: around, dice, tell }, sandbox, witnessed(service, sandbox)),
    );
    const clients = { dynamo: dynamoClient, kinesis: kinesisClient, s3: s3Client, sqs: sqsClient };
    return { sandbox, ...clients, newId, count, tell } as never;
  };
  const witnessed = (service: Service, { name }: Sandbox): Service => ({
    ...service,
    execute: (command) => {
      // A run puts rows right without a fact.
      if (!name.startsWith("retier")) order.onCommand(command);
      // DynamoDB deletes what has expired at a time of its own.
      if (dice.chance(0.05)) dynamo.expire(scheduler.now());
      const answer = service.execute(command);
      unlisted.delete(refusedKey(command));
      return answer;
    },
    onSend: (command) => {
      unlisted.add(refusedKey(command));
    },
  });

  const bundles = keepBundles(dynamo, s3);
  await commitDefinitions(1);
  const lambda = { equip, scheduler, dice };
  const collect = makeLambda<TestRequest, HttpAnswer>({ name: "collect", start: functions.collect, ...lambda });
  const fold = makeLambda({ name: "fold", start: functions.fold, ...lambda });
  const index = makeLambda({ name: "index", start: functions.index, ...lambda });
  const refold = makeLambda<undefined, unknown>({ name: "refold", start: functions.refold, ...lambda });

  const requests = drawRequests(casting, people, START, cast)
    .map((request) => ({ ...request, calls: request.calls.filter(({ messageId }) => !without.has(messageId)) }))
    .filter(({ calls }) => calls.length > 0);
  const senders = startSenders({ requests, collect, journal, scheduler, weather, dice, tell });
  if (casting.chance(0.5) && !isOfDays) {
    scheduler.after(casting.below(people.spanMs * 2), () => void commitDefinitions(2));
  }
  if (casting.chance(0.2)) scheduler.after(casting.below(people.spanMs), putGarbage);
  const mappings = [CONFIG.STRATA_EVENT_STREAM, CONFIG.STRATA_FACT_STREAM].flatMap((stream) =>
    kinesis.shards(stream).map((records, shard) =>
      mapShard({
        name: `${stream}/${shard}`,
        records,
        lambda: stream === CONFIG.STRATA_EVENT_STREAM ? fold : index,
        giveUp: (given) => giveUp(stream, given),
        onRecord: (wake) => kinesis.onRecord((name, at) => name === stream && at === shard && wake()),
        scheduler,
        weather,
        dice,
        tell,
      }),
    ),
  );

  const isFlowDone = () =>
    senders.isDone() &&
    mappings.every((mapping) => mapping.isDone()) &&
    [collect, fold, index, refold].every(({ running }) => running() === 0) &&
    s3.names("aws/lambda/").length === 0;
  const stage = { dynamo, sqs, journal, bundles, scheduler, weather, dice, equip, tell, count, isFlowDone };
  const { course, messaging } = people;
  const acts = course
    ? startCourse({ ...stage, course, turns: drawTurns(makeDice(seed ^ 0x3c6ef372), course) })
    : messaging &&
      cast &&
      (await startMessages({ ...stage, messaging, cast, people, kinesis, giveUp, casting: makeDice(~seed) }));
  const isQuiet = () => isFlowDone() && (acts?.isQuiet() ?? true);
  const maxTasks = isOfDays ? MAX_TASKS_OF_DAYS : MAX_TASKS;
  let tasks = 0;
  do {
    tasks += await scheduler.run(isQuiet, maxTasks - tasks);
    // What the dead had sent may still arrive.
    const quietAt = scheduler.now();
    tasks += await scheduler.run(() => scheduler.now() > quietAt + 1000, maxTasks - tasks);
  } while (!isQuiet() && tasks < maxTasks);
  if (!isQuiet()) journal.violations.push({ law: "quiet", what: `no rest after ${tasks} tasks` });
  else {
    await acts?.finish(async (isOver) => {
      tasks += await scheduler.run(isOver, maxTasks - tasks);
    });
    await checkAll();
  }
  const roots = [...journal.people.values()].filter(({ mergedInto }) => mergedInto === undefined);
  return {
    violations: journal.violations,
    struck: weather.struck,
    strikes: weather.strikeNumbers,
    messages: [...new Set(requests.flatMap(({ calls }) => calls.map(({ messageId }) => messageId)))],
    merges: journal.people.size - roots.length,
    tasks,
    counted,
    summary: summarise(journal),
    ghosts: roots.filter(({ state }) => state.seen.size === 0 && state.absorbed.size === 0).length,
  };

  async function checkAll(): Promise<void> {
    const identities = dynamo.items(CONFIG.STRATA_TABLE_IDENTITIES);
    const pointers = new Map(identities.map(({ pk, p }) => [pk?.S as IdentifierKey, p?.S as ProfileId]));
    const bundle = compileBundle(
      (isOfDays ? bundles.newest() : undefined) ?? { version: 1, definitions: definitionsOf(1, people) },
    );
    const mayRefuse = people.users > 0 || people.emailLimit !== undefined;
    await checkEvents(journal, { dynamo, s3, index: pointers, features: bundle.features });
    checkPeople(journal, { dynamo, index: pointers, limitOf: bundle.identityLimits, unlisted, mayRefuse });
    checkFacts(journal, dynamo);
  }

  async function commitDefinitions(version: 1 | 2): Promise<void> {
    const on = {
      dynamo: dynamo.client,
      s3: s3.client,
      table: CONFIG.STRATA_TABLE_DEFINITIONS,
      bucket: CONFIG.STRATA_BUCKET,
    };
    tell(() => `definitions ${version} are in force`);
    await makeDefinitionStore(on).commit(
      people.course ? firstOfDays() : { version, definitions: definitionsIn(version) },
    );
  }

  function definitionsIn(version: 1 | 2) {
    return cast ? messageDefinitions(people, cast, START) : definitionsOf(version, people);
  }

  function putGarbage(): void {
    const record = { PartitionKey: `garbage-${dice.below(9)}`, Data: Buffer.from("not a record of ours") };
    kinesis.execute(new PutRecordsCommand({ StreamName: CONFIG.STRATA_EVENT_STREAM, Records: [record] }));
  }

  /** What Lambda's on-failure destination writes, and the function that folds it again some minutes later. */
  function giveUp(stream: string, records: readonly ShardRecord[]): void {
    for (const { sequenceNumber } of records) journal.givenUp.add(sequenceNumber);
    const KinesisBatchInfo = { streamArn: `arn:aws:kinesis:us-east-1:1:stream/${stream}` };
    const Body = JSON.stringify({ KinesisBatchInfo, payload: JSON.stringify(eventOf(records)) });
    s3.execute(new PutObjectCommand({ Bucket: CONFIG.STRATA_BUCKET, Key: `aws/lambda/${newId()}`, Body }));
    scheduler.after(SWEEP_EVERY_MS, sweep);
  }

  function sweep(): void {
    if (s3.names("aws/lambda/").length === 0) return;
    refold.invoke(undefined, () => scheduler.after(SWEEP_EVERY_MS, sweep));
  }
}

function firstOfDays(): Bundle {
  const bare = { version: 0, definitions: [source(WRITE_KEY, "server")] };
  const changed = changeDefinitions(bare, changesAtFirst(), () => ({ key: "", hash: "" }), START);
  if (!changed.ok) throw new Error(JSON.stringify(changed.faults));
  return changed.bundle;
}

/** The identifier of a refusal that a command lists; empty where it lists none. */
function refusedKey(command: object): string {
  if (!(command instanceof UpdateItemCommand) || command.input.TableName !== CONFIG.STRATA_TABLE_METRICS) return "";
  const name = command.input.Key?.sk?.S ?? "";
  return name.slice(name.indexOf(" ") + 1);
}
