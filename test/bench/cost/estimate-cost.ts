import { EVENT_STREAM } from "../population/collector.ts";
import prices from "../prices.json" with { type: "json" };
import { FACT_STREAM } from "./counted-pipeline.ts";
import type { CountedPipeline } from "./scenario.ts";

const { assumptions } = prices;
const usd = (name: keyof typeof prices.prices) => prices.prices[name].usd;

/** One line of a bill: how many of a thing a million events need, and what they cost. */
export interface CostLine {
  readonly item: string;
  readonly unit: string;
  readonly perMillion: number;
  readonly usd: number;
}

/** What the counted operations of `events` events come to for a million, in USD. The behaviour log is its own line,
 *  since it can be left out of the sum. */
export function estimateCost({ dynamo, kinesis, functions }: CountedPipeline, events: number): CostLine[] {
  const perMillion = (count: number) => (count / events) * 1e6;
  const line = (item: string, unit: string, count: number, price: number): CostLine => ({
    item,
    unit,
    perMillion: count,
    usd: count * price,
  });
  const table = (name: string) => dynamo.countsOf(name);
  const units = (name: string) => perMillion(table(name).writeUnits);
  const requests = perMillion(functions.collect.invocations);
  const seconds = 1e6 / assumptions.eventsPerSecond.value;
  const invocations = {
    collect: requests,
    fold: seconds * assumptions.foldInvocationsPerSecond.value,
    index: seconds * assumptions.indexInvocationsPerSecond.value,
  };
  const gbSeconds = (["collect", "fold", "index"] as const).map((name) => {
    const computing = perMillion(functions[name].cpuSeconds) * assumptions.gbPerProcessor.value;
    const waiting = (invocations[name] * assumptions[`${name}WaitMs`].value * assumptions[`${name}Gb`].value) / 1000;
    return computing + waiting;
  });
  const payloadUnits = kinesis.countsOf(EVENT_STREAM).payloadUnits + kinesis.countsOf(FACT_STREAM).payloadUnits;
  const readUnits = [...dynamo.counts.values()].reduce((sum, counts) => sum + counts.readUnits, 0);
  return [
    line("HTTP API", "requests", requests, usd("httpApiRequest")),
    line("Lambda", "requests", invocations.collect + invocations.fold + invocations.index, usd("lambdaRequest")),
    line(
      "Lambda",
      "GB-seconds",
      gbSeconds.reduce((sum, own) => sum + own, 0),
      usd("lambdaGbSecond"),
    ),
    line("Kinesis", "payload units", perMillion(payloadUnits), usd("kinesisPayloadUnit")),
    line("Kinesis", "shard-hours", (2 * seconds) / 3600, usd("kinesisShardHour")),
    line("DynamoDB", "read units", perMillion(readUnits), usd("dynamoReadUnit")),
    line("DynamoDB Profiles", "write units", units("Profiles"), usd("dynamoWriteUnit")),
    line("DynamoDB Identities", "write units", units("Identities"), usd("dynamoWriteUnit")),
    line("DynamoDB Timers", "write units", units("Timers"), usd("dynamoWriteUnit")),
    line("DynamoDB Tags", "write units", units("Tags"), usd("dynamoWriteUnit")),
    line(BEHAVIOUR_LOG, "write units", units("Activity"), usd("dynamoWriteUnit")),
  ];
}

export const BEHAVIOUR_LOG = "DynamoDB Activity";

export function sumCost(lines: readonly CostLine[], { withLog }: { withLog: boolean }): number {
  return lines.reduce((sum, { item, usd }) => (item === BEHAVIOUR_LOG && !withLog ? sum : sum + usd), 0);
}
