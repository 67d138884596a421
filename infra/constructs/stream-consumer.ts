import { Duration } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import type { Stream } from "aws-cdk-lib/aws-kinesis";
import { EventSourceMapping, MetricType, StartingPosition } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import type { DataResources } from "../stacks/data-stack.ts";
import type { StrataFunction } from "./strata-function.ts";

interface StreamConsumerProps {
  readonly consumer: StrataFunction;
  readonly stream: Stream;
  readonly resources: Pick<DataResources, "bucket" | "streams">;
  /** Batches of one shard in flight at once; a partition key's records stay in order. */
  readonly parallelizationFactor: number;
}

/**
 * Feeds a Kinesis stream to a function, keeps what it gives up on, and watches both.
 * The retry limit bounds the attempts, not the age: an outage must not discard a backlog.
 */
export class StreamConsumer extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { consumer, stream, resources, parallelizationFactor }: StreamConsumerProps,
  ) {
    super(scope, id);
    resources.streams.grantConsume(consumer, stream);
    resources.bucket.grantReceiveGivenUpBatches(consumer);
    const mapping = new EventSourceMapping(this, "Mapping", {
      target: consumer.lambda,
      eventSourceArn: stream.streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 500,
      // A second's worth of one person's requests is one profile write.
      maxBatchingWindow: Duration.seconds(1),
      parallelizationFactor,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      retryAttempts: 10,
      onFailure: { bind: () => ({ destination: resources.bucket.bucketArn }) },
      metricsConfig: { metrics: [MetricType.EVENT_COUNT] },
    });
    // Lambda polls as soon as the mapping exists, so the rights must be there first.
    const policy = consumer.lambda.role?.node.tryFindChild("DefaultPolicy");
    if (policy !== undefined) mapping.node.addDependency(policy);

    new Alarm(this, "Behind", {
      alarmDescription: 'The consumer is over five minutes behind: see infra/runbook.md, "A consumer is behind".',
      metric: consumer.lambda.metric("IteratorAge", { statistic: "Maximum", period: Duration.minutes(1) }),
      threshold: Duration.minutes(5).toMilliseconds(),
      evaluationPeriods: 5,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    new Alarm(this, "GaveUp", {
      alarmDescription:
        'A batch was given up on and lies in the bucket: see infra/runbook.md, "A batch was given up on".',
      metric: new Metric({
        namespace: "AWS/Lambda",
        metricName: "OnFailureDestinationDeliveredEventCount",
        dimensionsMap: { EventSourceMappingUUID: mapping.eventSourceMappingId },
        statistic: "Sum",
        period: Duration.minutes(5),
      }),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    new Alarm(this, "Lost", {
      alarmDescription: 'A batch could not be kept: see infra/runbook.md, "A batch could not be kept".',
      metric: consumer.lambda.metric("DestinationDeliveryFailures", { statistic: "Sum", period: Duration.minutes(5) }),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
