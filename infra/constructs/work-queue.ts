import { Duration } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, type Metric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { Queue, QueueEncryption, type QueueProps } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
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
    const deadLetters = this.#createQueue(id.replace(/Queue$/, "DeadLetters"), {
      // A message keeps its age when it moves here, so this must be longer than the queue's own four days.
      retentionPeriod: Duration.days(14),
    });
    this.queue = this.#createQueue(id, {
      retentionPeriod: Duration.days(4),
      // Lambda takes messages before it knows that it may run the function, and tries again while it is throttled: six
      // attempts have room before another poller sees the message (Lambda guide, "Using Lambda with Amazon SQS").
      visibilityTimeout: Duration.seconds(6 * consumerTimeout.toSeconds() + batchingWindow.toSeconds()),
      // Lambda's advice: five or more, so that throttling alone sends nothing to the dead letters.
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: 5 },
    });
    this.#alarm("Waiting", {
      description: 'Work waits too long: see infra/runbook.md, "A queue is behind".',
      metric: this.queue.metricApproximateAgeOfOldestMessage({ statistic: "Maximum", period: Duration.minutes(5) }),
      threshold: alarmAge.toSeconds(),
    });
    this.#alarm("GaveUp", {
      description: 'A message was given up on: see infra/runbook.md, "A message was given up on".',
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({
        statistic: "Maximum",
        period: Duration.minutes(5),
      }),
      threshold: 1,
    });
  }

  grantSend(grants: FunctionGrants): void {
    grants.allow(["sqs:SendMessage"], [this.queue.queueArn]);
  }

  /** What a Lambda event source mapping needs of its function's role (AWSLambdaSQSQueueExecutionRole, this queue only). */
  grantConsume(grants: FunctionGrants): void {
    grants.allow(["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], [this.queue.queueArn]);
  }

  #createQueue(
    id: string,
    props: Pick<QueueProps, "deadLetterQueue" | "retentionPeriod" | "visibilityTimeout">,
  ): Queue {
    const queue = new Queue(this, id, { ...props, encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true });
    fixLogicalId(queue, id);
    return queue;
  }

  #alarm(
    id: string,
    { description, metric, threshold }: { description: string; metric: Metric; threshold: number },
  ): void {
    new Alarm(this, id, {
      alarmDescription: description,
      metric,
      threshold,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
