import type { Table } from "../benchmark.ts";
import { noTableCounts } from "../cost/counted-dynamo.ts";
import prices from "../prices.json" with { type: "json" };
import type { CountedRun } from "./run-retier.ts";

const { assumptions } = prices;
const usd = (name: keyof typeof prices.prices) => prices.prices[name].usd;

export interface BillLine {
  readonly item: string;
  readonly unit: string;
  readonly count: number;
  readonly usd: number;
}

/** What a run's operations come to, each times `scale`, in USD. A run of which nobody can tell the processor time
 *  computes for nothing. */
export function billOf({ tables, s3, sqs, facts, invocations, seconds }: CountedRun, scale: number): BillLine[] {
  const line = (item: string, unit: string, count: number, price: number): BillLine => ({
    item,
    unit,
    count: count * scale,
    usd: count * scale * price,
  });
  const table = (name: string) => tables.get(name) ?? noTableCounts();
  const sumOf = (names: readonly string[], count: "readUnits" | "writeUnits") =>
    names.reduce((sum, name) => sum + table(name)[count], 0);
  const rest = ["Work", "Definitions", "Metrics"];
  const computing =
    ((seconds?.retier ?? 0) * (1 + assumptions.retierWait.value) + (seconds?.index ?? 0)) *
    assumptions.gbPerProcessor.value;
  return [
    line("DynamoDB Profiles", "read units", table("Profiles").readUnits, usd("dynamoReadUnit")),
    line("DynamoDB Tags", "read units", table("Tags").readUnits, usd("dynamoReadUnit")),
    line("DynamoDB Profiles", "write units", table("Profiles").writeUnits, usd("dynamoWriteUnit")),
    line("DynamoDB Tags", "write units", table("Tags").writeUnits, usd("dynamoWriteUnit")),
    line("DynamoDB Timers", "write units", table("Timers").writeUnits, usd("dynamoWriteUnit")),
    line(WORK, "read units", sumOf(rest, "readUnits"), usd("dynamoReadUnit")),
    line(WORK, "write units", sumOf(rest, "writeUnits"), usd("dynamoWriteUnit")),
    line("Kinesis", "payload units", facts.payloadUnits, usd("kinesisPayloadUnit")),
    line("S3", "PUT", s3.puts, usd("s3Put")),
    line("S3", "GET", s3.gets, usd("s3Get")),
    line("SQS", "requests", sqs.calls + sqs.messages * assumptions.sqsRequestsPerMessage.value, usd("sqsRequest")),
    line("Lambda", "requests", invocations, usd("lambdaRequest")),
    line("Lambda", "GB-seconds", computing, usd("lambdaGbSecond")),
  ];
}

const WORK = "DynamoDB Work, Definitions, Metrics";

export function sumOf(bill: readonly BillLine[]): number {
  return bill.reduce((sum, line) => sum + line.usd, 0);
}

/** Bills side by side; `difference` is what each million people who change add. */
export function billTable(title: string, bill: readonly BillLine[]): Table {
  const rows = bill.filter(({ count }) => count > 0).map(({ item, unit, count, usd: own }) => [item, unit, count, own]);
  return { title, columns: ["what", "unit", "how many", "USD"], rows: [...rows, ["all", "", "", sumOf(bill)]] };
}

/** What the first run cost beyond the second, by line. */
export function subtractBill(more: readonly BillLine[], less: readonly BillLine[], scale: number): BillLine[] {
  return more.map((line, n) => ({
    ...line,
    count: Math.max(0, line.count - (less[n]?.count ?? 0)) * scale,
    usd: Math.max(0, line.usd - (less[n]?.usd ?? 0)) * scale,
  }));
}
