import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readAssembly } from "../../infra/local/template/read-assembly.ts";

export type Resources = Record<string, { Type: string; Properties?: unknown; Condition?: string }>;

/** A cloud assembly of two stacks, `App` and `Data`, in a folder of its own. */
export function makeAssembly(app: Resources, data: { Resources?: Resources; Outputs?: unknown } = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), "strata-assembly-"));
  const write = (file: string, content: unknown) => writeFileSync(path.join(folder, file), JSON.stringify(content));
  write("App.template.json", {
    Resources: app,
    Parameters: { BootstrapVersion: { Type: "String", Default: "/cdk" } },
    Conditions: {
      InChina: { "Fn::Equals": [{ Ref: "AWS::Partition" }, "aws-cn"] },
      Elsewhere: { "Fn::Not": [{ Condition: "InChina" }] },
    },
  });
  write("Data.template.json", { Resources: {}, ...data });
  write("App.assets.json", {
    files: { abc: { source: { path: "asset.abc" } }, geo: { source: { path: "asset.geo" } } },
  });
  return { folder, assembly: readAssembly(folder) };
}

export const table = {
  Type: "AWS::DynamoDB::Table",
  Properties: {
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
  },
};
export const stream = { Type: "AWS::Kinesis::Stream", Properties: { ShardCount: 2 } };
export const lambda = {
  Type: "AWS::Lambda::Function",
  Properties: { Code: { S3Bucket: "assets", S3Key: "abc.zip" }, Handler: "index.handler", Runtime: "nodejs24.x" },
};
export const mapping = {
  Type: "AWS::Lambda::EventSourceMapping",
  Properties: {
    EventSourceArn: { "Fn::GetAtt": ["Events", "Arn"] },
    FunctionName: { Ref: "Fold" },
    StartingPosition: "TRIM_HORIZON",
  },
};

export const queues = {
  Due: {
    Type: "AWS::SQS::Queue",
    Properties: {
      VisibilityTimeout: 60,
      SqsManagedSseEnabled: true,
      RedrivePolicy: { deadLetterTargetArn: { "Fn::GetAtt": ["Dead", "Arn"] }, maxReceiveCount: 5 },
    },
  },
  Dead: { Type: "AWS::SQS::Queue" },
};
export const queueMapping = {
  Type: "AWS::Lambda::EventSourceMapping",
  Properties: {
    EventSourceArn: { "Fn::GetAtt": ["Due", "Arn"] },
    FunctionName: { Ref: "Fold" },
    FunctionResponseTypes: ["ReportBatchItemFailures"],
    ScalingConfig: { MaximumConcurrency: 50 },
  },
};
