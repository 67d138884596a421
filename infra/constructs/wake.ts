import { Duration } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as LambdaTarget } from "aws-cdk-lib/aws-events-targets";
import { Construct } from "constructs";
import type { FunctionEntry } from "../bundling/function-entries.ts";
import type { DataResources } from "../stacks/data-stack.ts";
import { OperationalAlarm } from "./operational-alarm.ts";
import { QueueConsumer } from "./queue-consumer.ts";
import { type FunctionEnvironment, StrataFunction } from "./strata-function.ts";
import { WorkQueue } from "./work-queue.ts";
import { grantWritePeople, writePeopleSettings } from "./write-people.ts";

/** A worker stops after four of them, and the look of the next minute shares out what is left. */
const dueTimeout = Duration.minutes(5);

interface WakeProps {
  readonly resources: DataResources;
}

/** The time path: whose answers expire, each minute; where they are many, over a queue. */
export class Wake extends Construct {
  readonly #resources: DataResources;

  constructor(scope: Construct, id: string, { resources }: WakeProps) {
    super(scope, id);
    this.#resources = resources;
    const queue = new WorkQueue(this, "DueQueue", { consumerTimeout: dueTimeout, alarmAge: Duration.minutes(15) });
    this.#createLook(queue);
    const due = this.#createFunction("WakeDue", {
      entry: "functions/wake/due.ts",
      description: "Strata wake: one shard of people who are due together.",
      timeout: dueTimeout,
    });
    new QueueConsumer(this, "Due", { consumer: due, queue, maxConcurrency: 50 });
  }

  /** Each minute: sees to a few itself, and shares out many over the queue. */
  #createLook(queue: WorkQueue): void {
    const wake = this.#createFunction("Wake", {
      entry: "functions/wake/handler.ts",
      description: "Strata wake: people whose answers expire.",
      // Two hundred people take seconds; the rest is room to wait out DynamoDB's throttling. Two looks may overlap.
      timeout: Duration.minutes(2),
      environment: { STRATA_QUEUE_DUE: queue.queue.queueUrl },
    });
    queue.grantSend(wake);
    new Rule(this, "WakeSchedule", {
      description: "Strata wake",
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaTarget(wake.lambda)],
    });
    new OperationalAlarm(this, "Behind", {
      description: 'Answers expire over 15 minutes late: see infra/runbook.md, "Wake is behind".',
      service: "wake",
      metricName: "WakeLagSeconds",
      statistic: "Maximum",
      period: Duration.minutes(5),
      threshold: Duration.minutes(15).toSeconds(),
    });
  }

  #createFunction(
    id: string,
    props: { entry: FunctionEntry; description: string; timeout: Duration; environment?: FunctionEnvironment },
  ): StrataFunction {
    const { tables } = this.#resources;
    const created = new StrataFunction(this, id, {
      ...props,
      // Evaluation is computing: more memory is more processor.
      memoryMb: 1024,
      environment: {
        ...writePeopleSettings(this.#resources),
        ...props.environment,
        STRATA_TABLE_WORK: tables.name("Work"),
      },
    });
    grantWritePeople(created, this.#resources);
    // Who is due.
    tables.grant(created, "Timers", "Query");
    // The watermark, and the leases of shards.
    tables.grant(created, "Work", "GetItem", "PutItem");
    return created;
  }
}
