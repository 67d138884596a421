import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  ApplicationLogLevel,
  Architecture,
  Function as LambdaFunction,
  type LayerVersion,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { EnvironmentName } from "#aws/config.ts";
import { bundleFunction } from "../bundling/function-code.ts";
import type { FunctionEntry } from "../bundling/function-entries.ts";
import type { DeadLetters } from "./dead-letters.ts";
import { fixLogicalId } from "./fixed-logical-id.ts";
import type { FunctionGrants } from "./function-grants.ts";

export type FunctionEnvironment = Partial<Record<EnvironmentName, string>>;

export interface StrataFunctionProps {
  readonly entry: FunctionEntry;
  readonly description: string;
  readonly memoryMb: number;
  readonly timeout: Duration;
  readonly environment: FunctionEnvironment;
  readonly layers?: LayerVersion[];
  /** Takes what is handed over asynchronously and fails three times; without one it is dropped. */
  readonly deadLetters?: DeadLetters;
}

/**
 * One Lambda function with what belongs to it alone: its role, its log group and its error alarm.
 * The role starts with the right to write to that log group and nothing else.
 */
export class StrataFunction extends Construct implements FunctionGrants {
  readonly lambda: LambdaFunction;
  readonly #role: Role;

  constructor(scope: Construct, id: string, props: StrataFunctionProps) {
    super(scope, id);
    // Our own log group, not the one that Lambda makes: that one never expires.
    const logGroup = new LogGroup(this, "Logs", {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.#role = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    this.allow(["logs:CreateLogStream", "logs:PutLogEvents"], [logGroup.logGroupArn]);
    this.lambda = new LambdaFunction(this, "Resource", {
      description: props.description,
      code: bundleFunction(props.entry),
      handler: "index.handler",
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memoryMb,
      timeout: props.timeout,
      environment: { ...props.environment },
      role: this.#role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      // START, END and REPORT lines would cost more than our own; the figures are in the metrics.
      systemLogLevelV2: SystemLogLevel.WARN,
      ...(props.layers && { layers: props.layers }),
      ...(props.deadLetters && { deadLetterQueue: props.deadLetters.queue }),
    });
    fixLogicalId(this.lambda, id);
    new Alarm(this, "Errors", {
      alarmDescription: `${props.description} Errors: see infra/runbook.md, "Function errors".`,
      metric: this.lambda.metricErrors({ period: Duration.minutes(5) }),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  allow(actions: readonly string[], resources: readonly string[], conditions?: Record<string, unknown>): void {
    this.#role.addToPolicy(
      new PolicyStatement({
        actions: [...actions],
        resources: [...resources],
        ...(conditions && { conditions }),
      }),
    );
  }
}
