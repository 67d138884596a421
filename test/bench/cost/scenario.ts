import { checkAnswer } from "../benchmark.ts";
import { aPerson } from "../population/shop-action.ts";
import { shopBundle } from "../population/shop-definitions.ts";
import { EVENTS_A_REQUEST, type ShopRequest, shopRequests } from "../population/shop-requests.ts";
import { FACT_STREAM, makeCountedPipeline } from "./counted-pipeline.ts";

const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 5, 1, 9);
/** Requests between two looks of the fold: 2,500 events. */
const REQUESTS_A_BATCH = 125;
/** Visits that those who come back made before, a week apart. */
const EARLIER_VISITS = 4;

export interface Scenario {
  /** Events of a person in one batch of the fold, and so in one write. */
  readonly eventsAPerson: number;
  /** The share of visits by people never seen before. */
  readonly newShare: number;
  /** Whether the ten tags can be reached: those who come back after a week enter and leave about two in each visit. */
  readonly tagsChange: boolean;
  readonly events: number;
}

export type CountedPipeline = ReturnType<typeof makeCountedPipeline>;

/** What a scenario's writes must be, counted from who visited. */
interface Expected {
  pairs: number;
  reservations: number;
  newIdentifiers: number;
}

export interface ScenarioRun {
  readonly scenario: Scenario;
  readonly pipeline: CountedPipeline;
  readonly events: number;
  /** Items written that are no profile, index row, chunk of the behaviour log or tag: for deduplication, say. */
  readonly otherItems: number;
}

/** Runs visits through the pipeline and returns it with what they alone cost; the history of those who come back is not
 *  counted. Throws WrongAnswerError unless the writes are exactly those of the formula (numbers.md, Cost). */
export async function runScenario(scenario: Scenario): Promise<ScenarioRun> {
  const { eventsAPerson, newShare, tagsChange } = scenario;
  const requests = Math.ceil(scenario.events / EVENTS_A_REQUEST);
  const visits = Math.ceil((requests * EVENTS_A_REQUEST) / eventsAPerson);
  const isNew = (visit: number) => Math.floor((visit + 1) * newShare) > Math.floor(visit * newShare);
  const personOf = (visit: number) => (isNew(visit) ? 1_000_000 + visit : visit);
  const pipeline = makeCountedPipeline(shopBundle({ outOfReach: !tagsChange }));
  for (let week = 0; week < EARLIER_VISITS; week++) {
    await runAll(
      pipeline,
      shopRequests({ requests, eventsAPerson, personOf: (visit) => visit, startAt: START + week * 7 * DAY_MS }),
    );
  }
  pipeline.reset();
  const startAt = START + EARLIER_VISITS * 7 * DAY_MS;
  await runAll(pipeline, shopRequests({ requests, eventsAPerson, personOf, startAt }));
  const otherItems = checkWrites(pipeline, expectWrites({ visits, isNew, personOf }));
  return { scenario, pipeline, events: requests * EVENTS_A_REQUEST, otherItems };
}

async function runAll(pipeline: CountedPipeline, requests: Iterable<ShopRequest>): Promise<void> {
  const all = [...requests];
  for (let start = 0; start < all.length; start += REQUESTS_A_BATCH) {
    await pipeline.run(all.slice(start, start + REQUESTS_A_BATCH));
  }
}

/** Each visit lies within one batch of the fold, and nobody visits twice. */
function expectWrites(drawn: {
  visits: number;
  isNew: (visit: number) => boolean;
  personOf: (visit: number) => number;
}): Expected {
  const expected: Expected = { pairs: drawn.visits, reservations: 0, newIdentifiers: 0 };
  for (let visit = 0; visit < drawn.visits; visit++) {
    if (!drawn.isNew(visit)) continue;
    expected.reservations++;
    expected.newIdentifiers += aPerson(drawn.personOf(visit)).userId === undefined ? 1 : 2;
  }
  return expected;
}

/** Returns the items that were written beyond the formula's. */
function checkWrites({ dynamo, kinesis }: CountedPipeline, { pairs, reservations, newIdentifiers }: Expected): number {
  const profiles = dynamo.countsOf("Profiles");
  const outboxes = kinesis.countsOf(FACT_STREAM).records;
  const profileWrites = pairs + reservations + outboxes;
  checkAnswer("profile writes", profiles.puts + profiles.updates, profileWrites);
  checkAnswer("identity writes", dynamo.countsOf("Identities").puts, newIdentifiers);
  checkAnswer("chunks of the behaviour log", dynamo.countsOf("Activity").puts, pairs);
  const written = [...dynamo.counts.values()].reduce((sum, { puts, updates }) => sum + puts + updates, 0);
  const derived = dynamo.countsOf("Tags").puts + dynamo.countsOf("Timers").puts;
  return written - profileWrites - newIdentifiers - pairs - derived;
}
