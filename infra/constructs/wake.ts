import { Duration } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as LambdaTarget } from "aws-cdk-lib/aws-events-targets";
import { Construct } from "constructs";
import type { FunctionEntry } from "../bundling/function-entries.ts";
import type { DataResources } from "../stacks/data-stack.ts";
import type { ChannelQueues } from "./channel-queues.ts";
import { OperationalAlarm } from "./operational-alarm.ts";
import { QueueConsumer } from "./queue-consumer.ts";
import { type FunctionEnvironment, StrataFunction } from "./strata-function.ts";
import { grantWalkJourneys, walkJourneysSettings } from "./walk-journeys.ts";
import { WorkQueue } from "./work-queue.ts";

/** A worker stops after four of them, and the look of the next minute shares out what is left. */
const dueTimeout = Duration.minutes(5);

interface WakeProps {
  readonly resources: DataResources;
  readonly channels: ChannelQueues;
}

/** The time path: whose answers expire and whose waits end, each minute; where they are many, over a queue. */
export class Wake extends Construct {
  readonly #props: WakeProps;

  constructor(scope: Construct, id: string, props: WakeProps) {
    super(scope, id);
    this.#props = props;
    const queue = new WorkQueue(this, "DueQueue", { consumerTimeout: dueTimeout, alarmAge: Duration.minutes(15) });
    this.#createLook(queue);
    const due = this.#createFunction("WakeDue", {
      entry: "functions/wake/due.ts",
      description: "Strata wake: one shard of people who are due together.",
      timeout: dueTimeout,
      environment: {
        STRATA_TABLE_METRICS: props.resources.tables.name("Metrics"),
        STRATA_TABLE_TAGS: props.resources.tables.name("Tags"),
      },
    });
    // Whom a campaign is for.
    props.resources.tables.grant(due, "Tags", "Query");
    // Who was not let in, and why.
    props.resources.tables.grant(due, "Metrics", "UpdateItem");
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
    const { resources, channels } = this.#props;
    const { tables } = resources;
    const created = new StrataFunction(this, id, {
      ...props,
      // Evaluation is computing: more memory is more processor.
      memoryMb: 1024,
      environment: {
        ...walkJourneysSettings(resources, channels),
        ...props.environment,
        STRATA_TABLE_WORK: tables.name("Work"),
      },
    });
    grantWalkJourneys(created, resources, channels);
    // Who is due.
    tables.grant(created, "Timers", "Query");
    // The watermark, and the leases of shards.
    tables.grant(created, "Work", "GetItem", "PutItem");
    return created;
  }
}
