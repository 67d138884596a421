import { Duration } from "aws-cdk-lib";
import { Construct } from "constructs";
import { WorkQueue } from "./work-queue.ts";

/** What Lambda allows: a part saves where it is, and goes on from there. */
const partTimeout = Duration.minutes(15);

/** Files of people and events, in parts over a queue. */
export class ImportPeople extends Construct {
  readonly queue: WorkQueue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.queue = new WorkQueue(this, "ImportQueue", { consumerTimeout: partTimeout, alarmAge: Duration.hours(6) });
  }
}
