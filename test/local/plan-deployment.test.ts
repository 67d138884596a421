import path from "node:path";
import { describe, expect, test } from "vitest";
import { makeEnvironment } from "../../infra/local/local-environment.ts";
import { planDeployment } from "../../infra/local/template/plan-deployment.ts";
import {
  lambda,
  makeAssembly,
  mapping,
  queueMapping,
  queues,
  type Resources,
  stream,
  table,
} from "./small-assembly.ts";

describe("planning a deployment", () => {
  test("reads functions with their code, layer paths and environment", () => {
    const { folder, assembly } = makeAssembly({
      Geo: { Type: "AWS::Lambda::LayerVersion", Properties: { Content: { S3Key: "geo.zip" } } },
      Collect: {
        ...lambda,
        Properties: {
          ...lambda.Properties,
          Timeout: 10,
          Layers: [{ Ref: "Geo" }],
          Environment: { Variables: { STRATA_GEO_DIR: "/opt/geo", STRATA_X: { Ref: "AWS::Region" } } },
        },
      },
    });
    expect(planDeployment(assembly).functions).toEqual([
      {
        name: "Collect",
        arn: "arn:aws:lambda:us-east-1:000000000000:function:App-Collect",
        folder: path.join(folder, "asset.abc"),
        handler: "index.handler",
        timeoutMs: 10_000,
        memoryMb: 128,
        environment: { STRATA_GEO_DIR: path.join(folder, "asset.geo", "geo"), STRATA_X: "us-east-1" },
      },
    ]);
  });

  test("reads an event source mapping with Lambda's defaults", () => {
    const { assembly } = makeAssembly({ Events: stream, Fold: lambda, Mapping: mapping });
    expect(planDeployment(assembly).mappings).toEqual([
      {
        id: "Mapping",
        functionArn: "arn:aws:lambda:us-east-1:000000000000:function:App-Fold",
        streamArn: "arn:aws:kinesis:us-east-1:000000000000:stream/App-Events",
        batchSize: 100,
        windowMs: 0,
        parallelizationFactor: 1,
        reportsItemFailures: false,
        bisects: false,
        maximumRetries: Number.POSITIVE_INFINITY,
        onFailureBucket: undefined,
      },
    ]);
  });

  test("reads queues with their dead letters, and their mappings, with the defaults of SQS and Lambda", () => {
    const { assembly } = makeAssembly({ ...queues, Fold: lambda, Mapping: queueMapping });
    const deployment = planDeployment(assembly);
    const arn = "arn:aws:sqs:us-east-1:000000000000:App-";
    const common = { retentionMs: 345_600_000, delayMs: 0 };
    expect(deployment.queues).toEqual([
      {
        ...common,
        name: "Due",
        queueName: "App-Due",
        arn: `${arn}Due`,
        visibilityTimeoutMs: 60_000,
        redrive: { arn: `${arn}Dead`, maxReceiveCount: 5 },
      },
      { ...common, name: "Dead", queueName: "App-Dead", arn: `${arn}Dead`, visibilityTimeoutMs: 30_000 },
    ]);
    expect(deployment.queueMappings).toEqual([
      {
        id: "Mapping",
        functionArn: "arn:aws:lambda:us-east-1:000000000000:function:App-Fold",
        queueArn: `${arn}Due`,
        batchSize: 10,
        windowMs: 0,
        reportsItemFailures: true,
        maximumConcurrency: 50,
      },
    ]);
    expect(deployment.mappings).toEqual([]);
  });

  test("gives functions the URL of a queue on this machine", () => {
    const variables = { STRATA_QUEUE_DUE: { Ref: "Due" } };
    const { assembly } = makeAssembly({
      ...queues,
      Fold: { ...lambda, Properties: { ...lambda.Properties, Environment: { Variables: variables } } },
    });
    const [plan] = planDeployment(assembly).functions;
    const sqs = "http://127.0.0.1:4566";
    const endpoints = { dynamodb: "", kinesis: "", s3: "", sqs, secretsManager: "", ses: "" };
    expect(plan && makeEnvironment(plan, endpoints, "")).toMatchObject({
      STRATA_QUEUE_DUE: "http://127.0.0.1:4566/000000000000/App-Due",
      AWS_ENDPOINT_URL_SQS: "http://127.0.0.1:4566",
    });
  });

  test.each([
    ["an HTTP API", { "Fn::GetAtt": ["Api", "ApiEndpoint"] }, "http://127.0.0.1:4600"],
    ["a REST API", "https://Api.execute-api.us-east-1.amazonaws.com/prod", "http://127.0.0.1:4600"],
    ["a domain of one's own", "https://api.example.com/prod", "https://api.example.com/prod"],
  ])("puts this machine's address in the place of the URL of %s, for links in messages", (_, url, expected) => {
    const { assembly } = makeAssembly({
      Api: { Type: "AWS::ApiGatewayV2::Api", Properties: { ProtocolType: "HTTP", Name: "Api" } },
      Send: { ...lambda, Properties: { ...lambda.Properties, Environment: { Variables: { STRATA_PUBLIC_URL: url } } } },
    });
    const [plan] = planDeployment(assembly).functions;
    const endpoints = { dynamodb: "", kinesis: "", s3: "", sqs: "", secretsManager: "", ses: "http://127.0.0.1:1025" };
    expect(plan && makeEnvironment(plan, endpoints, "http://127.0.0.1:4600")).toMatchObject({
      STRATA_PUBLIC_URL: expected,
      AWS_ENDPOINT_URL_SESV2: "http://127.0.0.1:1025",
    });
  });

  test("tells rules that listen for events from those with a schedule", () => {
    const targets = [{ Id: "Target0", Arn: { "Fn::GetAtt": ["Outcome", "Arn"] } }];
    const rule = (properties: object) => ({
      Type: "AWS::Events::Rule",
      Properties: { State: "ENABLED", Targets: targets, ...properties },
    });
    const { assembly } = makeAssembly({
      Outcome: lambda,
      Nightly: rule({ ScheduleExpression: "rate(1 day)" }),
      Mails: rule({
        EventPattern: { source: ["aws.ses"], "detail-type": ["Email Bounced"] },
        Targets: targets.map((target) => ({ ...target, DeadLetterConfig: { Arn: { "Fn::GetAtt": ["Dead", "Arn"] } } })),
      }),
      Dead: queues.Dead,
    });
    const functionArn = "arn:aws:lambda:us-east-1:000000000000:function:App-Outcome";
    const { rules, eventRules } = planDeployment(assembly);
    expect(rules).toMatchObject([{ name: "Nightly", schedule: "rate(1 day)", targets: [{ functionArn }] }]);
    expect(eventRules).toEqual([
      { name: "Mails", source: ["aws.ses"], detailTypes: ["Email Bounced"], targets: [{ functionArn }] },
    ]);
  });

  test("needs nothing for rights, keys, logs and alarms", () => {
    const types = [
      "AWS::IAM::Role",
      "AWS::KMS::Key",
      "AWS::Logs::LogGroup",
      "AWS::CloudWatch::Alarm",
      "AWS::CDK::Metadata",
    ];
    const { assembly } = makeAssembly(Object.fromEntries(types.map((Type, index) => [`R${index}`, { Type }])));
    expect(planDeployment(assembly).functions).toEqual([]);
  });

  test("leaves out a resource whose condition does not hold", () => {
    const { assembly } = makeAssembly({
      A: { ...stream, Condition: "InChina" },
      B: { ...stream, Condition: "Elsewhere" },
    });
    expect(planDeployment(assembly).streams.map(({ name }) => name)).toEqual(["App-B"]);
  });

  test.each<[string, Resources, RegExp]>([
    [
      "a pattern of events that it cannot match",
      {
        Mails: {
          Type: "AWS::Events::Rule",
          Properties: { State: "ENABLED", EventPattern: { source: [{ prefix: "aws." }] }, Targets: [] },
        },
      },
      /Mails \(AWS::Events::Rule\)/,
    ],
    ["an unknown type", { Topic: { Type: "AWS::SNS::Topic" } }, /Topic \(AWS::SNS::Topic\)/],
    [
      "an unknown property of a mapping",
      {
        Events: stream,
        Fold: lambda,
        Mapping: { ...mapping, Properties: { ...mapping.Properties, FilterCriteria: {} } },
      },
      /Mapping \(AWS::Lambda::EventSourceMapping\).*FilterCriteria/s,
    ],
    [
      "a queue whose messages would come again while they are worked on",
      {
        ...queues,
        Fold: { ...lambda, Properties: { ...lambda.Properties, Timeout: 61 } },
        Mapping: queueMapping,
      },
      /Mapping \(AWS::Lambda::EventSourceMapping\).*visibility timeout of Due/s,
    ],
    [
      "a queue in order",
      { Due: { Type: "AWS::SQS::Queue", Properties: { FifoQueue: true } } },
      /Due \(AWS::SQS::Queue\)/,
    ],
    [
      "an index, which the tables must not have",
      { T: { ...table, Properties: { ...table.Properties, GlobalSecondaryIndexes: [] } } },
      /T \(AWS::DynamoDB::Table\).*GlobalSecondaryIndexes/s,
    ],
    [
      "an authorizer of a route",
      {
        Route: {
          Type: "AWS::ApiGatewayV2::Route",
          Properties: { ApiId: "a", RouteKey: "GET /", Target: "integrations/i", AuthorizationType: "JWT" },
        },
      },
      /Route \(AWS::ApiGatewayV2::Route\).*AuthorizationType/s,
    ],
  ])("fails loudly on %s, naming the resource and its type", (_, resources, expected) => {
    expect(() => planDeployment(makeAssembly(resources).assembly)).toThrow(expected);
  });
});
