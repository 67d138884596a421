import type { KinesisStreamBatchResponse, KinesisStreamEvent, KinesisStreamRecord } from "aws-lambda";
import type { ShardRecord } from "../support/memory-kinesis.ts";
import type { Dice } from "./dice.ts";
import type { Lambda } from "./lambda.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Weather } from "./weather.ts";

interface Batch {
  readonly from: number;
  readonly to: number;
  readonly attempts: number;
}

export interface Mapping {
  /** Everything that the stream holds was processed or given up. */
  isDone(): boolean;
}

const MAX_BATCH = 6;
/** Few, so that stories reach the failure objects; the template says 10. */
const MAX_ATTEMPTS = 4;
const MAX_OVERLAPS = 2;

/** Lambda's event source mapping for one shard of a stream: batches in order; after a failure the rest from the lowest
 *  reported record again, halves of a batch that failed as a whole; what fails too often is given up whole
 *  (docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html). After a resharding another one
 *  may work on the same records at the same time. */
export function mapShard(on: {
  name: string;
  records: readonly ShardRecord[];
  lambda: Lambda<KinesisStreamEvent, KinesisStreamBatchResponse>;
  /** Says whom to wake when the shard has a new record. */
  onRecord: (wake: () => void) => void;
  giveUp: (records: readonly ShardRecord[]) => void;
  scheduler: Scheduler;
  weather: Weather;
  dice: Dice;
  tell: (line: () => string) => void;
}): Mapping {
  const { name, records, lambda, scheduler, weather, dice, tell } = on;
  const pollers: { isDone(): boolean }[] = [startPoller(0)];

  function startPoller(start: number) {
    const again: Batch[] = [];
    let position = start;
    let isBusy = false;

    const done = () => again[0]?.from ?? position;
    function next(): Batch | undefined {
      const retried = again.shift();
      if (retried || position === records.length) return retried;
      const from = position;
      position = Math.min(records.length, from + dice.between(1, MAX_BATCH));
      return { from, to: position, attempts: 0 };
    }

    function poll(): void {
      if (isBusy) return;
      if (pollers.length <= MAX_OVERLAPS && weather.strikes("overlap", () => name)) {
        pollers.push(startPoller(Math.max(0, done() - dice.below(MAX_BATCH))));
      }
      const batch = next();
      if (!batch) return;
      isBusy = true;
      const sequence = records.slice(batch.from, batch.to).map(({ sequenceNumber }) => Number(sequenceNumber));
      tell(
        () => `${name} delivers ${sequence.join(", ")}${batch.attempts > 0 ? `, attempt ${batch.attempts + 1}` : ""}`,
      );
      lambda.invoke(eventOf(records.slice(batch.from, batch.to)), (outcome) => {
        const isLost = weather.strikes("report-lost", () => name);
        const reported = outcome.kind === "answered" && !isLost ? outcome.answer.batchItemFailures : undefined;
        if (reported === undefined) {
          tell(() => `${name}: ${outcome.kind === "failed" ? outcome.why : "no report"}`);
          retry(batch, batch.from);
        } else if (reported.length > 0) {
          const names = new Set(reported.map(({ itemIdentifier }) => itemIdentifier));
          const lowest = records.findIndex(({ sequenceNumber }) => names.has(sequenceNumber));
          retry(batch, lowest < batch.from || lowest >= batch.to ? batch.from : lowest);
        }
        isBusy = false;
        const delayMs = reported === undefined || reported.length > 0 ? 100 * 2 ** batch.attempts : 1;
        scheduler.after(weather.strikes("late", () => name) ? dice.between(1, 30) * 60_000 : delayMs, poll);
      });
    }

    function retry({ to, attempts }: Batch, from: number): void {
      if (attempts + 1 >= MAX_ATTEMPTS) {
        tell(() => `${name} gives up ${to - from} records from ${Number(records[from]?.sequenceNumber)}`);
        on.giveUp(records.slice(from, to));
        return;
      }
      const middle = from + ((to - from) >> 1);
      // Bisecting costs no attempt.
      if (middle > from && dice.chance(0.5))
        again.unshift({ from, to: middle, attempts }, { from: middle, to, attempts });
      else again.unshift({ from, to, attempts: attempts + 1 });
    }

    on.onRecord(() => scheduler.after(dice.between(1, 1000), poll));
    scheduler.after(dice.between(1, 1000), poll);
    return { isDone: () => !isBusy && again.length === 0 && position === records.length };
  }

  return { isDone: () => pollers.every((poller) => poller.isDone()) };
}

/** Records as Lambda hands them over. */
export function eventOf(records: readonly ShardRecord[]): KinesisStreamEvent {
  return {
    Records: records.map(
      ({ sequenceNumber, partitionKey, data }) =>
        ({
          kinesis: { sequenceNumber, partitionKey, data: Buffer.from(data).toString("base64") },
        }) as KinesisStreamRecord,
    ),
  };
}
