import { Duration } from "aws-cdk-lib";
import { Construct } from "constructs";
import { WorkQueue } from "./work-queue.ts";

/** What Lambda allows: a slice saves where it is, and goes on from there. */
const sliceTimeout = Duration.minutes(15);

/** The re-tiering path: everyone anew, each night and when definitions change, in slices over a queue. */
export class Retier extends Construct {
  readonly queue: WorkQueue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    // All slices of a run are sent at once, so the last one waits for as long as the run takes.
    this.queue = new WorkQueue(this, "RetierQueue", { consumerTimeout: sliceTimeout, alarmAge: Duration.hours(6) });
  }
}
