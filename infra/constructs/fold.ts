import { Duration } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as LambdaTarget } from "aws-cdk-lib/aws-events-targets";
import { Construct } from "constructs";
import type { FunctionEntry } from "../bundling/function-entries.ts";
import type { DataResources } from "../stacks/data-stack.ts";
import { StrataFunction } from "./strata-function.ts";
import { StreamConsumer } from "./stream-consumer.ts";
import { grantWritePeople, writePeopleSettings } from "./write-people.ts";

interface FoldProps {
  readonly resources: DataResources;
}

/** EventStream → profiles and FactStream; and again, every five minutes, for batches that Lambda gave up on. */
export class Fold extends Construct {
  readonly #resources: DataResources;

  constructor(scope: Construct, id: string, { resources }: FoldProps) {
    super(scope, id);
    this.#resources = resources;

    const fold = this.#createFunction("Fold", {
      entry: "functions/fold/handler.ts",
      description: "Strata fold: events into profiles.",
      // A batch of 500 full records takes seconds; two minutes leave room to wait out DynamoDB's throttling.
      timeout: Duration.minutes(2),
    });
    new StreamConsumer(this, "Events", {
      consumer: fold,
      stream: resources.streams.events,
      resources,
      parallelizationFactor: 10,
    });

    const refold = this.#createFunction("Refold", {
      entry: "functions/fold/refold.ts",
      description: "Strata refold: batches that Lambda gave up on, again.",
      // Less than the schedule's period, so that runs do not overlap.
      timeout: Duration.minutes(4),
    });
    resources.bucket.grantHandleGivenUpBatches(refold);
    new Rule(this, "RefoldSchedule", {
      description: "Strata refold",
      schedule: Schedule.rate(Duration.minutes(5)),
      targets: [new LambdaTarget(refold.lambda)],
    });
  }

  #createFunction(id: string, props: { entry: FunctionEntry; description: string; timeout: Duration }): StrataFunction {
    const { tables, streams, bucket, linkKey } = this.#resources;
    const created = new StrataFunction(this, id, {
      ...props,
      // States, zstd and evaluation are computing: more memory is more processor.
      memoryMb: 1024,
      environment: {
        ...writePeopleSettings(this.#resources),
        STRATA_TABLE_METRICS: tables.name("Metrics"),
        STRATA_TABLE_RUNS: tables.name("Runs"),
        STRATA_TABLE_SUPPRESSIONS: tables.name("Suppressions"),
        STRATA_LINK_KEY_SECRET: linkKey.secretArn,
        STRATA_EVENT_STREAM: streams.events.streamName,
      },
    });
    grantWritePeople(created, this.#resources);
    // Refused links, added up.
    tables.grant(created, "Metrics", "UpdateItem");
    // Messages that were dismissed, and addresses of people who unsubscribed and agree again.
    tables.grant(created, "Runs", "UpdateItem");
    tables.grant(created, "Suppressions", "UpdateItem");
    linkKey.grantRead(created);
    bucket.grantWriteFailedEvents(created);
    return created;
  }
}
