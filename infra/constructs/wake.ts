import { Duration } from "aws-cdk-lib";
import { Construct } from "constructs";
import { WorkQueue } from "./work-queue.ts";

/** Ten thousand evaluations of a shard's people, with room to wait out DynamoDB's throttling. */
const dueTimeout = Duration.minutes(5);

/** The time path: who is due, each minute; where many are due at once, over a queue. */
export class Wake extends Construct {
  readonly queue: WorkQueue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.queue = new WorkQueue(this, "DueQueue", { consumerTimeout: dueTimeout, alarmAge: Duration.minutes(15) });
  }
}
