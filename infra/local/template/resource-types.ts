import * as z from "zod";

/** Types that change nothing on one machine: rights, keys, logs, alarms and what only deploys. */
export const withoutLocalEffect: ReadonlySet<string> = new Set([
  "AWS::ApiGateway::Account",
  "AWS::ApiGateway::Deployment",
  "AWS::CDK::Metadata",
  "AWS::CloudWatch::Alarm",
  "AWS::CloudWatch::Dashboard",
  "AWS::IAM::ManagedPolicy",
  "AWS::IAM::Policy",
  "AWS::IAM::Role",
  "AWS::KMS::Alias",
  "AWS::KMS::Key",
  "AWS::Lambda::Permission",
  "AWS::Logs::LogGroup",
  "AWS::S3::BucketPolicy",
  "AWS::SQS::QueuePolicy",
]);

const anything = z.unknown().optional();

// Strict on purpose: a property that is not listed may change behaviour, and then both places would differ unseen.
// What is listed as `anything` has no effect on one machine (encryption, backups, log formats, descriptions).

export const Table = z.strictObject({
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.enum(["S", "N", "B"]) })),
  KeySchema: z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(["HASH", "RANGE"]) })),
  TimeToLiveSpecification: z.object({ AttributeName: z.string(), Enabled: z.boolean() }).optional(),
  BillingMode: z.literal("PAY_PER_REQUEST"),
  DeletionProtectionEnabled: anything,
  PointInTimeRecoverySpecification: anything,
  SSESpecification: anything,
  Tags: anything,
});

export const Stream = z.strictObject({
  ShardCount: z.coerce.number().int().positive().optional(),
  StreamModeDetails: z.object({ StreamMode: z.enum(["PROVISIONED", "ON_DEMAND"]) }).optional(),
  RetentionPeriodHours: anything,
  StreamEncryption: anything,
  Tags: anything,
});

export const Queue = z.strictObject({
  VisibilityTimeout: z.int().min(0).max(43_200).default(30),
  MessageRetentionPeriod: z.int().min(60).max(1_209_600).default(345_600),
  DelaySeconds: z.int().min(0).max(900).default(0),
  RedrivePolicy: z
    .strictObject({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number().int().min(1).max(1_000) })
    .optional(),
  KmsDataKeyReusePeriodSeconds: anything,
  KmsMasterKeyId: anything,
  RedriveAllowPolicy: anything,
  SqsManagedSseEnabled: anything,
  Tags: anything,
});

export const Bucket = z.strictObject({
  BucketEncryption: anything,
  LifecycleConfiguration: anything,
  OwnershipControls: anything,
  PublicAccessBlockConfiguration: anything,
  Tags: anything,
});

export const Secret = z.strictObject({
  GenerateSecretString: z
    .strictObject({ PasswordLength: z.int().positive().default(32), ExcludePunctuation: z.literal(true) })
    .optional(),
  Description: anything,
  KmsKeyId: anything,
  Tags: anything,
});

export const Layer = z.strictObject({
  Content: z.object({ S3Key: z.string() }),
  CompatibleArchitectures: anything,
  CompatibleRuntimes: anything,
  Description: anything,
});

export const LambdaFunction = z.strictObject({
  Code: z.object({ S3Key: z.string() }),
  Handler: z.string(),
  Runtime: z.literal("nodejs24.x"),
  Timeout: z.int().positive().default(3),
  MemorySize: z.int().positive().default(128),
  Environment: z.object({ Variables: z.record(z.string(), z.coerce.string()).default({}) }).optional(),
  Layers: z.array(z.string()).default([]),
  Architectures: anything,
  /** On one machine a failure is told on the terminal, and the event is gone. */
  DeadLetterConfig: anything,
  Description: anything,
  LoggingConfig: anything,
  Role: anything,
  Tags: anything,
  TracingConfig: anything,
});

export const HttpApi = z.strictObject({ ProtocolType: z.literal("HTTP"), Name: anything, Description: anything });

export const HttpApiStage = z.strictObject({
  ApiId: z.string(),
  StageName: z.literal("$default"),
  AutoDeploy: z.literal(true),
  AccessLogSettings: anything,
  DefaultRouteSettings: anything,
});

export const HttpApiIntegration = z.strictObject({
  ApiId: z.string(),
  IntegrationType: z.literal("AWS_PROXY"),
  IntegrationUri: z.string(),
  PayloadFormatVersion: z.literal("2.0"),
});

export const HttpApiRoute = z.strictObject({
  ApiId: z.string(),
  AuthorizationType: z.literal("NONE").optional(),
  RouteKey: z.string(),
  Target: z.string().startsWith("integrations/"),
});

export const RestApi = z.strictObject({
  BinaryMediaTypes: z.tuple([z.literal("*/*")]),
  Name: anything,
  Description: anything,
  EndpointConfiguration: anything,
});

export const RestApiResource = z.strictObject({ ParentId: z.string(), PathPart: z.string(), RestApiId: z.string() });

export const RestApiMethod = z.strictObject({
  RestApiId: z.string(),
  ResourceId: z.string(),
  HttpMethod: z.string(),
  AuthorizationType: z.literal("NONE"),
  Integration: z.strictObject({
    IntegrationHttpMethod: z.literal("POST"),
    Type: z.literal("AWS_PROXY"),
    Uri: z.string(),
  }),
});

export const RestApiStage = z.strictObject({
  RestApiId: z.string(),
  StageName: z.string(),
  DeploymentId: anything,
  AccessLogSetting: anything,
  MethodSettings: anything,
});

export const EventSourceMapping = z.strictObject({
  EventSourceArn: z.string().startsWith("arn:aws:kinesis:"),
  FunctionName: z.string(),
  BatchSize: z.int().min(1).max(10_000).default(100),
  MaximumBatchingWindowInSeconds: z.int().min(0).max(300).default(0),
  ParallelizationFactor: z.int().min(1).max(10).default(1),
  StartingPosition: z.literal("TRIM_HORIZON"),
  FunctionResponseTypes: z.array(z.literal("ReportBatchItemFailures")).default([]),
  BisectBatchOnFunctionError: z.boolean().default(false),
  /** −1: for as long as the record lives. */
  MaximumRetryAttempts: z.int().min(-1).max(10_000).default(-1),
  MaximumRecordAgeInSeconds: z.literal(-1).optional(),
  DestinationConfig: z
    .strictObject({ OnFailure: z.strictObject({ Destination: z.string().startsWith("arn:aws:s3:::") }) })
    .optional(),
  Enabled: z.literal(true).optional(),
  MetricsConfig: anything,
});

export const QueueEventSourceMapping = z.strictObject({
  EventSourceArn: z.string().startsWith("arn:aws:sqs:"),
  FunctionName: z.string(),
  BatchSize: z.int().min(1).max(10_000).default(10),
  MaximumBatchingWindowInSeconds: z.int().min(0).max(300).default(0),
  FunctionResponseTypes: z.array(z.literal("ReportBatchItemFailures")).default([]),
  ScalingConfig: z.strictObject({ MaximumConcurrency: z.int().min(2).max(1_000) }).optional(),
  Enabled: z.literal(true).optional(),
  MetricsConfig: anything,
});

export const Rule = z.strictObject({
  ScheduleExpression: z.string(),
  State: z.literal("ENABLED"),
  Targets: z.array(
    z.strictObject({ Arn: z.string(), Id: z.string(), Input: z.string().optional(), RetryPolicy: anything }),
  ),
  Description: anything,
});

/** Patterns of whole values only; what else a pattern can say is not known here. */
export const EventRule = z.strictObject({
  EventPattern: z.strictObject({
    source: z.array(z.string()).nonempty(),
    "detail-type": z.array(z.string()).nonempty().optional(),
  }),
  State: z.literal("ENABLED"),
  Targets: z.array(
    z.strictObject({ Arn: z.string(), Id: z.string(), DeadLetterConfig: anything, RetryPolicy: anything }),
  ),
  Description: anything,
});
