import { EventSourceMapping } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import type { StrataFunction } from "./strata-function.ts";
import type { WorkQueue } from "./work-queue.ts";

interface QueueConsumerProps {
  readonly consumer: StrataFunction;
  readonly queue: WorkQueue;
  /** Messages in work at once: what the tables behind it bear. */
  readonly maxConcurrency: number;
}

/**
 * Feeds a queue to a function, one message at a time: each is a slice of work that takes long, and must not be done again
 * because its neighbour failed.
 */
export class QueueConsumer extends Construct {
  constructor(scope: Construct, id: string, { consumer, queue, maxConcurrency }: QueueConsumerProps) {
    super(scope, id);
    queue.grantConsume(consumer);
    const mapping = new EventSourceMapping(this, "Mapping", {
      target: consumer.lambda,
      eventSourceArn: queue.queue.queueArn,
      batchSize: 1,
      maxConcurrency,
      reportBatchItemFailures: true,
    });
    // Lambda polls as soon as the mapping exists, so the rights must be there first.
    const policy = consumer.lambda.role?.node.tryFindChild("DefaultPolicy");
    if (policy !== undefined) mapping.node.addDependency(policy);
  }
}
