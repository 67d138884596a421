import { Duration } from "aws-cdk-lib";
import { Rule, RuleTargetInput, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as LambdaTarget } from "aws-cdk-lib/aws-events-targets";
import { Construct } from "constructs";
import type { DeploymentContext } from "../deployment-context.ts";
import type { DataResources } from "../stacks/data-stack.ts";
import { OperationalAlarm } from "./operational-alarm.ts";
import { QueueConsumer } from "./queue-consumer.ts";
import { StrataFunction } from "./strata-function.ts";
import { WorkQueue } from "./work-queue.ts";
import { grantWritePeople, writePeopleSettings } from "./write-people.ts";

/** What Lambda allows: a slice saves where it is two minutes before, and a fresh message goes on from there. */
const sliceTimeout = Duration.minutes(15);

interface RetierProps {
  readonly resources: DataResources;
  readonly context: Pick<DeploymentContext, "retierAt">;
}

/** The re-tiering path: everyone anew, each night and when definitions change, in slices over a queue. */
export class Retier extends Construct {
  readonly queue: WorkQueue;
  readonly #resources: DataResources;

  constructor(scope: Construct, id: string, { resources, context }: RetierProps) {
    super(scope, id);
    this.#resources = resources;
    // All slices of a run are sent at once, so the last one waits for as long as the run takes.
    this.queue = new WorkQueue(this, "RetierQueue", { consumerTimeout: sliceTimeout, alarmAge: Duration.hours(6) });
    this.#createPlan(context);
    const slices = this.#createSlices();
    // What on-demand tables bear at once beside the events.
    new QueueConsumer(this, "Slices", { consumer: slices, queue: this.queue, maxConcurrency: 64 });
    new OperationalAlarm(this, "Stalled", {
      description: 'A re-tiering run stood still: see infra/runbook.md, "A re-tiering run stood still".',
      service: "retier-plan",
      metricName: "RetierStalled",
      statistic: "Sum",
      period: Duration.minutes(5),
      threshold: 1,
    });
  }

  /** Starts the nightly run, and every five minutes looks after the one that goes on. */
  #createPlan({ retierAt }: Pick<DeploymentContext, "retierAt">): void {
    const { tables, bucket } = this.#resources;
    const plan = new StrataFunction(this, "RetierPlan", {
      entry: "functions/retier/plan.ts",
      description: "Strata re-tiering: runs, and those that stood still.",
      memoryMb: 512,
      // It reads the state of at most a thousand slices and sends as many messages.
      timeout: Duration.minutes(2),
      environment: {
        STRATA_TABLE_DEFINITIONS: tables.name("Definitions"),
        STRATA_TABLE_WORK: tables.name("Work"),
        STRATA_QUEUE_RETIER: this.queue.queue.queueUrl,
        STRATA_BUCKET: bucket.bucketName,
      },
    });
    tables.grant(plan, "Definitions", "Query");
    tables.grant(plan, "Work", "GetItem", "PutItem", "Query");
    bucket.grantReadDefinitions(plan);
    this.queue.grantSend(plan);
    this.#schedule("NightlyRun", Schedule.expression(`cron(${retierAt})`), plan, { task: "start", reason: "nightly" });
    this.#schedule("RunsResumed", Schedule.rate(Duration.minutes(5)), plan, { task: "resume" });
  }

  #schedule(id: string, schedule: Schedule, target: StrataFunction, input: Readonly<Record<string, string>>): void {
    new Rule(this, id, {
      description: `Strata re-tiering: ${input.task}`,
      schedule,
      targets: [new LambdaTarget(target.lambda, { event: RuleTargetInput.fromObject(input) })],
    });
  }

  #createSlices(): StrataFunction {
    const { tables, bucket } = this.#resources;
    const slices = new StrataFunction(this, "Retier", {
      entry: "functions/retier/slice.ts",
      description: "Strata re-tiering: a slice of everyone.",
      // Evaluation is computing: one whole processor.
      memoryMb: 1769,
      timeout: sliceTimeout,
      environment: {
        ...writePeopleSettings(this.#resources),
        STRATA_TABLE_TAGS: tables.name("Tags"),
        STRATA_TABLE_METRICS: tables.name("Metrics"),
        STRATA_TABLE_WORK: tables.name("Work"),
        STRATA_QUEUE_RETIER: this.queue.queue.queueUrl,
      },
    });
    grantWritePeople(slices, this.#resources);
    tables.grant(slices, "Profiles", "Scan");
    // The very version of a run; and a version that differs in its thresholds.
    tables.grant(slices, "Definitions", "GetItem", "PutItem");
    bucket.grantWriteDefinitions(slices);
    // Rows that disagree with the people are mended.
    tables.grant(slices, "Tags", "GetItem", "PutItem", "Query", "Scan");
    tables.grant(slices, "Metrics", "BatchWriteItem");
    tables.grant(slices, "Work", "GetItem", "PutItem", "Query");
    bucket.grantWorkInProgress(slices);
    // The rest of a slice, and the slices of the next phase.
    this.queue.grantSend(slices);
    return slices;
  }
}
