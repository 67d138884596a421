/** What the template asks for, in the runtime's own terms: names are physical, times are milliseconds. */
export interface Deployment {
  readonly tables: readonly TablePlan[];
  readonly streams: readonly StreamPlan[];
  readonly queues: readonly QueuePlan[];
  readonly buckets: readonly string[];
  readonly secrets: readonly SecretPlan[];
  readonly functions: readonly FunctionPlan[];
  readonly routes: readonly RoutePlan[];
  readonly mappings: readonly MappingPlan[];
  readonly queueMappings: readonly QueueMappingPlan[];
  /** Those with a schedule. */
  readonly rules: readonly RulePlan[];
  readonly eventRules: readonly EventRulePlan[];
}

export interface TablePlan {
  readonly name: string;
  readonly keys: readonly { readonly name: string; readonly role: "HASH" | "RANGE"; readonly type: "S" | "N" | "B" }[];
  readonly timeToLiveAttribute?: string | undefined;
}

export interface StreamPlan {
  readonly name: string;
  readonly arn: string;
  readonly shards: number;
}

export interface QueuePlan {
  /** The logical id: what status calls it. */
  readonly name: string;
  /** The physical name, at the end of its URL and of its ARN. */
  readonly queueName: string;
  readonly arn: string;
  readonly visibilityTimeoutMs: number;
  readonly retentionMs: number;
  /** How long a message that says nothing about it is kept back. */
  readonly delayMs: number;
  /** Where a message goes that was received `maxReceiveCount` times and is still there. */
  readonly redrive?: { readonly arn: string; readonly maxReceiveCount: number } | undefined;
}

export interface SecretPlan {
  readonly arn: string;
  readonly name: string;
  /** Letters and digits to draw; undefined where the value is given elsewhere. */
  readonly generatedLength?: number | undefined;
}

export interface FunctionPlan {
  /** The logical id: what status, faults and log files call it. */
  readonly name: string;
  readonly arn: string;
  readonly folder: string;
  /** `file.export`, as in the template. */
  readonly handler: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
}

/** Which gateway's rules a request goes by. */
export type GatewayKind = "http" | "rest";

export interface RoutePlan {
  readonly gateway: GatewayKind;
  readonly apiId: string;
  readonly stage: string;
  /** "ANY" for every method. */
  readonly method: string;
  /** E.g. `/v1/projects/{writeKey}/settings` or `/admin/v1/{proxy+}`. */
  readonly path: string;
  readonly functionArn: string;
}

export interface MappingPlan {
  readonly id: string;
  readonly functionArn: string;
  readonly streamArn: string;
  readonly batchSize: number;
  readonly windowMs: number;
  readonly parallelizationFactor: number;
  readonly reportsItemFailures: boolean;
  readonly bisects: boolean;
  /** Infinity where the template sets no bound. */
  readonly maximumRetries: number;
  readonly onFailureBucket?: string | undefined;
}

/** An event source mapping that feeds a function from a queue. */
export interface QueueMappingPlan {
  readonly id: string;
  readonly functionArn: string;
  readonly queueArn: string;
  readonly batchSize: number;
  readonly windowMs: number;
  readonly reportsItemFailures: boolean;
  /** Invocations at once; Infinity where the template sets no bound. */
  readonly maximumConcurrency: number;
}

export interface RulePlan {
  readonly name: string;
  readonly arn: string;
  /** `rate(…)` or `cron(…)`. */
  readonly schedule: string;
  readonly targets: readonly { readonly functionArn: string; readonly input?: string | undefined }[];
}

/** A rule for events of other services. */
export interface EventRulePlan {
  readonly name: string;
  readonly source: readonly string[];
  /** Every type where it is left out. */
  readonly detailTypes?: readonly string[] | undefined;
  readonly targets: readonly { readonly functionArn: string }[];
}
