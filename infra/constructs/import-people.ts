import { Duration } from "aws-cdk-lib";
import { Construct } from "constructs";
import type { DataResources } from "../stacks/data-stack.ts";
import { OperationalAlarm } from "./operational-alarm.ts";
import { QueueConsumer } from "./queue-consumer.ts";
import { StrataFunction } from "./strata-function.ts";
import { WorkQueue } from "./work-queue.ts";
import { grantWritePeople, writePeopleSettings } from "./write-people.ts";

/** What Lambda allows: a worker saves where it is a minute before, and another goes on from there. */
const timeout = Duration.minutes(15);

interface ImportPeopleProps {
  readonly resources: DataResources;
}

/** Uploaded files → people into tags and segments, over a queue. */
export class ImportPeople extends Construct {
  readonly queue: WorkQueue;

  constructor(scope: Construct, id: string, { resources }: ImportPeopleProps) {
    super(scope, id);
    const { tables, bucket } = resources;
    this.queue = new WorkQueue(this, "ImportQueue", { consumerTimeout: timeout, alarmAge: Duration.hours(6) });
    const importPeople = new StrataFunction(this, "Import", {
      entry: "functions/import/handler.ts",
      description: "Strata import: uploaded files into tags and segments.",
      // Evaluating people is computing; a worker holds a piece of the file, never all of it.
      memoryMb: 1024,
      timeout,
      environment: {
        ...writePeopleSettings(resources),
        STRATA_TABLE_TAGS: tables.name("Tags"),
        STRATA_TABLE_WORK: tables.name("Work"),
        STRATA_QUEUE_IMPORTS: this.queue.queue.queueUrl,
      },
    });
    grantWritePeople(importPeople, resources);
    // Who is in the list that a file replaces.
    tables.grant(importPeople, "Tags", "Query");
    tables.grant(importPeople, "Work", "GetItem", "PutItem");
    bucket.grantWorkImports(importPeople);
    // Whoever runs out of time asks for another worker.
    this.queue.grantSend(importPeople);
    new QueueConsumer(this, "Files", { consumer: importPeople, queue: this.queue, maxConcurrency: 8 });
    new OperationalAlarm(this, "Failing", {
      description: 'An import gets nowhere: see infra/runbook.md, "An import gets nowhere".',
      service: "import",
      metricName: "ImportAttemptsFailed",
      statistic: "Sum",
      period: Duration.minutes(5),
      threshold: 1,
    });
  }
}
