import { Duration } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { fixLogicalId } from "./fixed-logical-id.ts";

/** Where what was given up on lies for 14 days, with an alarm. The id ends in `DeadLetters`. What SES says of a mail names its
 *  address: encrypted, as all of them are, and gone after those days. */
export class DeadLetters extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.queue = new Queue(this, "Resource", {
      // A message keeps its age when it moves here from a queue, so this must be longer than the queue's own four days.
      retentionPeriod: Duration.days(14),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    });
    fixLogicalId(this.queue, id);
    new Alarm(this, "GaveUp", {
      alarmDescription: 'A message was given up on: see infra/runbook.md, "A message was given up on".',
      metric: this.queue.metricApproximateNumberOfMessagesVisible({
        statistic: "Maximum",
        period: Duration.minutes(5),
      }),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
