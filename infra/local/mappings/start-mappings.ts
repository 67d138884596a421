import { mkdirSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import type { Cleanup } from "../cleanup.ts";
import type { DataServices } from "../data-services.ts";
import { concurrency, type FunctionHosts } from "../handlers/function-hosts.ts";
import type { Deployment } from "../template/deployment.ts";
import { KinesisMapping } from "./kinesis-mapping.ts";
import { SqsMapping } from "./sqs-mapping.ts";

interface MappingsOptions {
  readonly deployment: Deployment;
  readonly services: DataServices;
  readonly hosts: FunctionHosts;
  readonly now: () => number;
  readonly checkpointFolder: string;
  readonly cleanup: Cleanup;
  report(error: unknown): void;
}

/** The longest batching window here, in ms: batches are small on one machine, and somebody waits for the result. */
const longestWindowMs = 200;
/** How long running batches get to end when the runtime stops, in ms. */
const stopMs = 3_000;

/** Every event source mapping of the app, running. */
export interface Mappings {
  readonly streams: readonly KinesisMapping[];
  readonly queues: readonly SqsMapping[];
}

/** Starts to feed functions from streams and queues. Rejects where a stream's shards cannot be listed. */
export async function startMappings(options: MappingsOptions): Promise<Mappings> {
  const { checkpointFolder, cleanup } = options;
  mkdirSync(checkpointFolder, { recursive: true });
  const mappings = { streams: mapStreams(options), queues: mapQueues(options) };
  // A batch that runs on is delivered again after the next start.
  cleanup.add(() => {
    const stopping = [...mappings.streams, ...mappings.queues].map((mapping) => mapping.stop());
    return Promise.race([Promise.all(stopping), delay(stopMs)]);
  });
  await Promise.all(mappings.streams.map((mapping) => mapping.start()));
  for (const mapping of mappings.queues) mapping.start();
  return mappings;
}

function mapStreams({ deployment, services, hosts, now, checkpointFolder, report }: MappingsOptions): KinesisMapping[] {
  return deployment.mappings.map((plan) => {
    const stream = deployment.streams.find(({ arn }) => arn === plan.streamArn);
    if (!stream) throw new Error(`${plan.id} reads ${plan.streamArn}, which is no stream of the app`);
    return new KinesisMapping({
      plan: { ...plan, windowMs: Math.min(plan.windowMs, longestWindowMs) },
      reader: services.readStream(stream),
      checkpointFolder,
      now,
      invoke: (event) => hosts.invoke(plan.functionArn, event),
      putObject: async (Bucket, Key, Body) =>
        void (await services.s3.send(new PutObjectCommand({ Bucket, Key, Body }))),
      report,
    });
  });
}

function mapQueues({ deployment, services, hosts, report }: MappingsOptions): SqsMapping[] {
  return deployment.queueMappings.map(
    (plan) =>
      new SqsMapping({
        plan: { ...plan, windowMs: Math.min(plan.windowMs, longestWindowMs) },
        queue: services.queues.byArn(plan.queueArn),
        workers: concurrency,
        invoke: (event) => hosts.invoke(plan.functionArn, event),
        report,
      }),
  );
}
