import { Duration } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { DeadLetters } from "./dead-letters.ts";
import { fixLogicalId } from "./fixed-logical-id.ts";
import type { FunctionGrants } from "./function-grants.ts";

interface WorkQueueProps {
  /** Time limit of the function that works the queue. */
  readonly consumerTimeout: Duration;
  /** A message that waits longer than this is worth waking someone for. */
  readonly alarmAge: Duration;
  /** How long its mapping waits to fill a batch; not at all if left out. */
  readonly batchingWindow?: Duration;
}

/**
 * A queue of work, its dead-letter queue, and alarms on both. The id ends in `Queue`.
 *
 * Encrypted with keys that SQS manages: a message is a run's name and a slice's number or a touch's id, never personal data, and a KMS key
 * would cost a request every five minutes and each function the right to use it.
 */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly batchingWindow: Duration;

  constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id);
    const { consumerTimeout, alarmAge, batchingWindow = Duration.seconds(0) } = props;
    this.batchingWindow = batchingWindow;
    const deadLetters = new DeadLetters(this, id.replace(/Queue$/, "DeadLetters"));
    this.queue = new Queue(this, id, {
      retentionPeriod: Duration.days(4),
      // Lambda takes messages before it knows that it may run the function, and tries again while it is throttled: six
      // attempts have room before another poller sees the message (Lambda guide, "Using Lambda with Amazon SQS").
      visibilityTimeout: Duration.seconds(6 * consumerTimeout.toSeconds() + batchingWindow.toSeconds()),
      // Lambda's advice: five or more, so that throttling alone sends nothing to the dead letters.
      deadLetterQueue: { queue: deadLetters.queue, maxReceiveCount: 5 },
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    });
    fixLogicalId(this.queue, id);
    new Alarm(this, "Waiting", {
      alarmDescription: 'Work waits too long: see infra/runbook.md, "A queue is behind".',
      metric: this.queue.metricApproximateAgeOfOldestMessage({ statistic: "Maximum", period: Duration.minutes(5) }),
      threshold: alarmAge.toSeconds(),
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  grantSend(grants: FunctionGrants): void {
    grants.allow(["sqs:SendMessage"], [this.queue.queueArn]);
  }

  /** What a Lambda event source mapping needs of its function's role (AWSLambdaSQSQueueExecutionRole, this queue only). */
  grantConsume(grants: FunctionGrants): void {
    grants.allow(["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], [this.queue.queueArn]);
  }
}
