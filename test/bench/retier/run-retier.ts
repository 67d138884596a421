import { describeRun } from "#domain/retier/describe-run.ts";
import type { RetierPorts } from "#domain/retier/ports.ts";
import { startRun } from "#domain/retier/start-run.ts";
import { workSlice } from "#domain/retier/work-slice.ts";
import type { RetierRun } from "#events/admin-api/retier.ts";
import { Fact } from "#events/fact.ts";
import { decodeStreamRecord } from "#events/stream-record.ts";
import { indexFacts } from "#functions/index/index-facts.ts";
import { makeRetierPorts } from "#functions/retier/context.ts";
import { SliceMessage } from "#functions/retier/slice-message.ts";
import { WrongAnswerError } from "../benchmark.ts";
import type { TableCounts } from "../cost/counted-dynamo.ts";
import { makeCountedKinesis, type StreamCounts } from "../cost/counted-kinesis.ts";
import { makeCountedS3, makeCountedSqs } from "./count-services.ts";
import { RUN_AT, SHOP_WITH_VALUE } from "./draw-lives.ts";
import type { StoredPopulation } from "./stored-population.ts";

const FACT_STREAM = "FactStream";
const CONFIG = {
  STRATA_TABLE_PROFILES: "Profiles",
  STRATA_TABLE_IDENTITIES: "Identities",
  STRATA_TABLE_ACTIVITY: "Activity",
  STRATA_TABLE_TAGS: "Tags",
  STRATA_TABLE_TIMERS: "Timers",
  STRATA_TABLE_DEFINITIONS: "Definitions",
  STRATA_TABLE_METRICS: "Metrics",
  STRATA_TABLE_WORK: "Work",
  STRATA_FACT_STREAM: FACT_STREAM,
  STRATA_QUEUE_RETIER: "RetierQueue",
  STRATA_BUCKET: "bucket",
  STRATA_DEFINITIONS_MAX_AGE_MS: 10_000,
  STRATA_TABLE_CONSENTS: "Consents",
  STRATA_S3_PATH_STYLE: false,
  STRATA_WEBHOOK_ALLOWED_HOSTS: "",
};

/** What one run has cost. */
export interface CountedRun {
  readonly run: RetierRun;
  readonly tables: ReadonlyMap<string, TableCounts>;
  readonly s3: { readonly puts: number; readonly gets: number };
  readonly sqs: { readonly calls: number; readonly messages: number };
  readonly facts: StreamCounts;
  readonly invocations: number;
  /** Processor time of the run's own work, and of the index's, seconds; undefined: nobody can tell. */
  readonly seconds: { readonly retier: number; readonly index: number } | undefined;
}

export interface RetierBench {
  readonly ports: RetierPorts;
  /** A whole run, and the index behind it. */
  run(): Promise<CountedRun>;
}

/** The real ports and adapters of the re-tiering run over a stored population, whose definitions are put in force. The
 *  clock stands still: nothing expires, and a slice is done before its first checkpoint would be due. */
export async function openRetierBench(stored: StoredPopulation): Promise<RetierBench> {
  const [s3, sqs, kinesis] = [makeCountedS3(), makeCountedSqs(), makeCountedKinesis()];
  let made = 0;
  const ports = makeRetierPorts(
    CONFIG,
    { dynamo: stored.dynamo, s3: s3.client, sqs: sqs.client, kinesis: kinesis.client },
    {
      now: () => RUN_AT,
      newId: () => `run-${String(++made).padStart(4, "0")}`,
      count: () => {},
      report(error) {
        throw error;
      },
    },
  );
  if ((await ports.bundles.commit(SHOP_WITH_VALUE)) !== "committed") throw new WrongAnswerError("not committed");

  async function index(): Promise<void> {
    for (const { data } of kinesis.take(FACT_STREAM)) {
      await indexFacts(
        ports,
        decodeStreamRecord("facts", data).map((fact) => Fact.parse(fact)),
      );
    }
  }

  async function timed(work: () => Promise<void>): Promise<number> {
    const [before, storeBefore] = [process.cpuUsage(), stored.ownSeconds?.() ?? 0];
    await work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6 - ((stored.ownSeconds?.() ?? 0) - storeBefore);
  }

  return {
    ports,
    async run() {
      stored.counts.clear();
      kinesis.reset();
      Object.assign(s3.counts, { puts: 0, gets: 0 });
      Object.assign(sqs.counts, { calls: 0, messages: 0 });
      const seconds = { retier: 0, index: 0 };
      let invocations = 0;
      const { runId } = await startRun(ports, { reason: "request", by: "bench" });
      for (let body = sqs.take(); body !== undefined; body = sqs.take()) {
        const message = SliceMessage.parse(JSON.parse(body));
        const worker = { owner: `worker-${++invocations}`, remainingMs: () => Infinity };
        seconds.retier += await timed(() => workSlice(ports, message, worker));
        seconds.index += await timed(index);
      }
      const counted = {
        tables: new Map([...stored.counts].map(([name, own]) => [name, { ...own }])),
        s3: { ...s3.counts },
        sqs: { ...sqs.counts },
        facts: { ...kinesis.countsOf(FACT_STREAM) },
      };
      const run = await describeRun(ports, runId);
      if (!run) throw new WrongAnswerError("the run is gone");
      return { run, invocations, ...counted, seconds: stored.ownSeconds && seconds };
    },
  };
}
