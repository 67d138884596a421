import type { Calendar } from "#domain/time/calendar.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { seededRandom } from "./random.ts";
import { type Action, anAction, aPerson } from "./shop-action.ts";
import { eventOf } from "./shop-event.ts";

const START = Date.UTC(2026, 5, 1, 9);
const SPAN_MS = 60 * 24 * 3_600_000;
/** Actions between two looks of the fold, everyone's together. */
const BATCH_EVENTS = 2500;
/** One event in fifty is delivered twice. */
const REPEAT_EVERY = 50;

export interface ShopBatch {
  /** Collected events as JSON, those of different people interleaved as they came in. */
  readonly lines: readonly string[];
  readonly actions: readonly Action[];
}

/** The benchmark population: visits of `people` people, `events` events in all, over 60 days, in order of time. Half of
 *  the visits are somebody's first, the others fall mostly to those who came early: of a million events for 97,000 people
 *  the median person has 7, the 90th percentile 20, the 99th 59, the busiest 2,957. A visit has 1 to 9 events, 5 on average. */
export function* shopBatches(
  { people, events }: { people: number; events: number },
  calendar: Pick<Calendar, "dayOf">,
): Generator<ShopBatch> {
  const random = seededRandom(20_260_601);
  const visits = Math.ceil(events / 5);
  const newcomers = people / visits;
  let nextNewcomer = 0;
  let drawn = 0;
  let batch: Action[][] = [];
  let size = 0;
  for (let visit = 0; drawn < events; visit++) {
    const isFirst = nextNewcomer < people && random.next() < newcomers;
    const person = aPerson(isFirst ? nextNewcomer++ : Math.floor(Math.max(1, nextNewcomer) * random.next() ** 2));
    const at = START + Math.floor((visit / visits) * SPAN_MS);
    const length = Math.min(1 + random.below(9), events - drawn);
    batch.push(Array.from({ length }, (_, n) => anAction(random, person, drawn + n, at + n * 20_000)));
    drawn += length;
    size += length;
    if (size < BATCH_EVENTS && drawn < events) continue;
    yield toBatch(interleave(batch), calendar);
    batch = [];
    size = 0;
  }
}

function toBatch(actions: readonly Action[], calendar: Pick<Calendar, "dayOf">): ShopBatch {
  const lines = actions.map((action): string => JSON.stringify(eventOf(action, calendar) satisfies CollectedEvent));
  const repeated = lines.filter((_, n) => n % REPEAT_EVERY === 0);
  return { lines: [...lines, ...repeated], actions };
}

/** Everyone's first action, then everyone's second. */
function interleave(visits: readonly (readonly Action[])[]): Action[] {
  const longest = Math.max(0, ...visits.map((visit) => visit.length));
  return Array.from({ length: longest }, (_, n) => visits.flatMap((visit) => visit[n] ?? [])).flat();
}
