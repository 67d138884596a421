import { EventSourceMapping } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import type { StrataFunction } from "./strata-function.ts";
import type { WorkQueue } from "./work-queue.ts";

interface QueueConsumerProps {
  readonly consumer: StrataFunction;
  readonly queue: WorkQueue;
  /** Batches in work at once: what the tables or the provider behind it bear. */
  readonly maxConcurrency: number;
  /**
   * Messages at once; one if left out: a slice of work takes long, and must not be done again because its neighbour failed.
   * More are waited for as long as the queue allows.
   */
  readonly batchSize?: number;
}

/** Feeds a queue to a function, which says which messages of a batch failed. */
export class QueueConsumer extends Construct {
  constructor(scope: Construct, id: string, { consumer, queue, maxConcurrency, batchSize = 1 }: QueueConsumerProps) {
    super(scope, id);
    queue.grantConsume(consumer);
    const mapping = new EventSourceMapping(this, "Mapping", {
      target: consumer.lambda,
      eventSourceArn: queue.queue.queueArn,
      batchSize,
      maxConcurrency,
      reportBatchItemFailures: true,
      ...(queue.batchingWindow.toSeconds() > 0 && { maxBatchingWindow: queue.batchingWindow }),
    });
    // Lambda polls as soon as the mapping exists, so the rights must be there first.
    const policy = consumer.lambda.role?.node.tryFindChild("DefaultPolicy");
    if (policy !== undefined) mapping.node.addDependency(policy);
  }
}
