import type { Duration } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { Construct } from "constructs";

interface OperationalAlarmProps {
  /** Says what is wrong and names the chapter of the runbook. */
  readonly description: string;
  /** A metric that a function writes (layers/aws/telemetry.ts). */
  readonly metricName: string;
  /** The function's own name for itself, a dimension of each of its metrics. */
  readonly service: string;
  readonly statistic: "Maximum" | "Sum";
  readonly period: Duration;
  /** Reaching it is enough. */
  readonly threshold: number;
  /** How many periods in a row. */
  readonly periods?: number;
}

/** An alarm on what a function says of its work, where AWS's own metrics cannot know. */
export class OperationalAlarm extends Construct {
  constructor(scope: Construct, id: string, { description, service, periods = 1, ...props }: OperationalAlarmProps) {
    super(scope, id);
    const { metricName, statistic, period, threshold } = props;
    new Alarm(this, "Resource", {
      alarmDescription: description,
      metric: new Metric({ namespace: "Strata", metricName, dimensionsMap: { service }, statistic, period }),
      threshold,
      evaluationPeriods: periods,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
