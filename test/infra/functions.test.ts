import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { TOUCHES_A_MESSAGE } from "#aws/queues/pack-touches.ts";
import { askGate } from "#domain/sending/ask-gate.ts";
import { makeMemoryWorkStore } from "../support/memory-work-store.ts";
import { synthesise } from "./synthesised.ts";

const { functions: template } = synthesise();
const functions = Object.entries(template.findResources("AWS::Lambda::Function"));
const senders = ["Email", "Sms", "Push", "Wechat", "Webhook", "Inapp", "Log"].map((channel) => `Send${channel}`);
const alarms = Object.values(template.findResources("AWS::CloudWatch::Alarm"));

describe("functions", () => {
  test("are the steps of the flow and nothing that the CDK adds", () => {
    expect(functions.map(([id]) => id).toSorted()).toEqual([
      "Admin",
      "Collect",
      "Decide",
      "Fold",
      "Import",
      "Index",
      "Outcome",
      "OutcomeHttp",
      "Refold",
      "Retier",
      "RetierPlan",
      ...senders.toSorted(),
      "Wake",
      "WakeDue",
    ]);
    const types = Object.values<{ Type: string }>(template.toJSON().Resources).map(({ Type }) => Type);
    expect(types.filter((type) => type.startsWith("Custom::") || type === "AWS::CloudFormation::Stack")).toEqual([]);
  });

  test.each(functions)("%s runs on arm64 and nodejs24.x, untraced, with a log group of its own", (id, lambda) => {
    expect(lambda.Properties).toMatchObject({
      Architectures: ["arm64"],
      Runtime: "nodejs24.x",
      Handler: "index.handler",
      LoggingConfig: { LogFormat: "JSON", LogGroup: { Ref: expect.stringContaining(id) } },
    });
    expect(lambda.Properties).not.toHaveProperty("TracingConfig");
  });

  test("log for a month", () => {
    template.resourceCountIs("AWS::Logs::LogGroup", functions.length);
    template.allResourcesProperties("AWS::Logs::LogGroup", { RetentionInDays: 30 });
  });

  test.each(functions)("%s has an alarm for its errors", (id) => {
    template.hasResourceProperties("AWS::CloudWatch::Alarm", {
      MetricName: "Errors",
      Dimensions: [{ Name: "FunctionName", Value: { Ref: id } }],
    });
  });

  test("Collect finds the databases of the geo layer", () => {
    template.hasResourceProperties("AWS::Lambda::Function", {
      Environment: { Variables: Match.objectLike({ STRATA_GEO_DIR: "/opt/geo" }) },
      Layers: [Match.objectLike({ Ref: Match.anyValue() })],
    });
  });
});

describe("consumers of the streams", () => {
  const mappings = template.findResources("AWS::Lambda::EventSourceMapping");

  test.each([
    ["Fold", 10],
    ["Index", 2],
  ])(
    "%s answers partial failures, bisects, gives up into the bucket after ten retries and never for age",
    (id, factor) => {
      const mapping = Object.values(mappings).find(({ Properties }) => Properties.FunctionName.Ref === id);
      expect(mapping?.Properties).toMatchObject({
        FunctionResponseTypes: ["ReportBatchItemFailures"],
        BisectBatchOnFunctionError: true,
        MaximumRetryAttempts: 10,
        BatchSize: 500,
        MaximumBatchingWindowInSeconds: 1,
        ParallelizationFactor: factor,
        StartingPosition: "TRIM_HORIZON",
        DestinationConfig: { OnFailure: { Destination: { "Fn::ImportValue": expect.stringContaining("Bucket") } } },
      });
      expect(mapping?.Properties).not.toHaveProperty("MaximumRecordAgeInSeconds");
    },
  );

  test.each(["IteratorAge", "OnFailureDestinationDeliveredEventCount", "DestinationDeliveryFailures"])(
    "each have an alarm for %s",
    (metric) => {
      template.resourcePropertiesCountIs("AWS::CloudWatch::Alarm", { MetricName: metric }, 3);
    },
  );

  test("Refold runs every five minutes and ends before the next run", () => {
    template.hasResourceProperties("AWS::Events::Rule", {
      ScheduleExpression: "rate(5 minutes)",
      Targets: [Match.objectLike({ Arn: { "Fn::GetAtt": ["Refold", "Arn"] } })],
    });
    expect(Object.fromEntries(functions).Refold?.Properties.Timeout).toBeLessThan(300);
  });
});

describe("schedules", () => {
  test.each([
    ["Refold", "rate(5 minutes)", {}],
    ["RetierPlan", "cron(15 1 * * ? *)", { Input: '{"task":"start","reason":"nightly"}' }],
    ["RetierPlan", "rate(5 minutes)", { Input: '{"task":"resume"}' }],
    ["Wake", "rate(1 minute)", {}],
  ])("start %s at %s with %j", (id, schedule, input) => {
    template.hasResourceProperties("AWS::Events::Rule", {
      ScheduleExpression: schedule,
      Targets: [Match.objectLike({ Arn: { "Fn::GetAtt": [id, "Arn"] }, ...input })],
    });
  });
});

test("the nightly run starts when the deployer says", () => {
  const { functions: later } = synthesise({ retierAt: "0 4 * * ? *" });
  later.hasResourceProperties("AWS::Events::Rule", { ScheduleExpression: "cron(0 4 * * ? *)" });
  expect(() => synthesise({ retierAt: "04:00" })).toThrow("-c retierAt");
});

test("Outcome hears what SES says of mails, and of nothing else", () => {
  template.hasResourceProperties("AWS::Events::Rule", {
    EventPattern: {
      source: ["aws.ses"],
      "detail-type": [
        "Email Bounced",
        "Email Complaint Received",
        "Email Delivered",
        "Email Rejected",
        "Email Rendering Failed",
      ],
    },
    Targets: [Match.objectLike({ Arn: { "Fn::GetAtt": ["Outcome", "Arn"] } })],
  });
});

describe("senders", () => {
  const propertiesOf = (id: string) => Object.fromEntries(functions)[id]?.Properties;

  test("are the same but for their channel and its queue", () => {
    const variants = senders.map((id) => {
      const { Code, Handler, MemorySize, Timeout, Environment } = propertiesOf(id);
      const { STRATA_CHANNEL, STRATA_QUEUE_OWN, ...others } = Environment.Variables;
      expect([STRATA_CHANNEL, STRATA_QUEUE_OWN.Ref]).toEqual([id.slice(4).toLowerCase(), `${id.slice(4)}Queue`]);
      return JSON.stringify({ Code, Handler, MemorySize, Timeout, others });
    });
    expect(new Set(variants).size).toBe(1);
  });

  test.each([
    ["http", {}, /^{"Fn::GetAtt":\["HttpApi\w*","ApiEndpoint"\]}$/],
    ["rest", { edge: "rest" }, /^{"Fn::Join":\["",\["https:\/\/",{"Ref":"RestApi\w*"},".*\/prod"\]\]}$/],
    ["own", { publicUrl: "https://api.example.com" }, /^"https:\/\/api\.example\.com"$/],
  ])("know what links begin with: %s", (_, context, url) => {
    const sender = synthesise(context).functions.findResources("AWS::Lambda::Function").SendEmail;
    expect(JSON.stringify(sender?.Properties.Environment.Variables.STRATA_PUBLIC_URL)).toMatch(url);
  });
});

test.each(["http", "rest"])("with the %s edge no resource waits for itself", (edge) => {
  const resources: Record<string, unknown> = synthesise({ edge }).functions.toJSON().Resources;
  expect(findCycle(resources)).toBeUndefined();
  expect(findCycle({ A: { Ref: "B" }, B: { DependsOn: ["C"] }, C: { "Fn::GetAtt": ["A", "Arn"] } })).toContain("A");
});

test.each([
  ["send", "BreakerOpen"],
  ["send", "SendFailures"],
  ["wake", "WakeLagSeconds"],
  ["retier-plan", "RetierStalled"],
  ["import", "ImportAttemptsFailed"],
])("%s has an alarm for %s, which it counts itself", (service, metric) => {
  template.hasResourceProperties("AWS::CloudWatch::Alarm", {
    Namespace: "Strata",
    MetricName: metric,
    Dimensions: [{ Name: "service", Value: service }],
  });
});

describe("consumers of the queues", () => {
  const mappings = Object.values(template.findResources("AWS::Lambda::EventSourceMapping"));

  test.each([
    ["Import", "ImportQueue", 8],
    ["Retier", "RetierQueue", 64],
    ["WakeDue", "DueQueue", 50],
  ])("%s takes one message of %s at a time, %d at once, and answers partial failures", (id, queue, concurrency) => {
    const mapping = mappings.find(({ Properties }) => Properties.FunctionName.Ref === id);
    expect(mapping?.Properties).toEqual({
      EventSourceArn: { "Fn::GetAtt": [queue, "Arn"] },
      FunctionName: { Ref: id },
      BatchSize: 1,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      ScalingConfig: { MaximumConcurrency: concurrency },
    });
  });

  test.each(senders)("%s takes ten messages at a time, gathered for a second, five batches at once", (id) => {
    const mapping = mappings.find(({ Properties }) => Properties.FunctionName.Ref === id);
    expect(mapping?.Properties).toEqual({
      EventSourceArn: { "Fn::GetAtt": [`${id.slice(4)}Queue`, "Arn"] },
      FunctionName: { Ref: id },
      BatchSize: 10,
      MaximumBatchingWindowInSeconds: 1,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      ScalingConfig: { MaximumConcurrency: 5 },
    });
  });

  test("have no more touches in work than find places in the schedule of a provider with the default rate", async () => {
    const sender = mappings.find(({ Properties }) => Properties.FunctionName.Ref === "SendEmail");
    const { BatchSize, ScalingConfig } = sender?.Properties ?? {};
    const ports = { work: makeMemoryWorkStore(), now: () => 0, sleep: async () => undefined };
    const definition = { kind: "channel", name: "mail", channel: "email", adapter: "smtp" } as const;
    const wanted: number = BatchSize * TOUCHES_A_MESSAGE;
    for (let batch = 0; batch < ScalingConfig.MaximumConcurrency; batch++) {
      const { at } = await askGate(ports, definition, { wanted, owner: `worker ${batch}` });
      expect(at, `batch ${batch}`).toHaveLength(wanted);
    }
  });

  test("have room for six attempts before another poller sees a message", () => {
    for (const { Properties } of mappings) {
      const [queue] = Properties.EventSourceArn["Fn::GetAtt"] ?? [];
      if (queue === undefined) continue;
      const timeout: number = Object.fromEntries(functions)[Properties.FunctionName.Ref]?.Properties.Timeout;
      expect(template.findResources("AWS::SQS::Queue")[queue]?.Properties.VisibilityTimeout).toBe(
        6 * timeout + (Properties.MaximumBatchingWindowInSeconds ?? 0),
      );
    }
  });
});

test("every alarm names a chapter of the runbook", () => {
  const runbook = readFileSync(resolve(import.meta.dirname, "../../infra/runbook.md"), "utf8");
  const headings = new Set(runbook.match(/(?<=^## ).+$/gm));
  expect(alarms.length).toBeGreaterThan(0);
  for (const { Properties } of alarms) {
    const [, chapter] = /infra\/runbook\.md, "(.+)"/.exec(Properties.AlarmDescription) ?? [];
    expect(headings, Properties.AlarmDescription).toContain(chapter);
  }
});

test("the outputs say where the API is and which secret is the first admin token", () => {
  template.hasOutput("ApiUrl", {});
  template.hasOutput("AdminTokenSecretName", { Value: { "Fn::ImportValue": Match.stringLikeRegexp("AdminToken") } });
});

/** The ids along which resources refer to each other in a circle, which CloudFormation refuses. */
function findCycle(resources: Readonly<Record<string, unknown>>): string[] | undefined {
  const done = new Set<string>();
  const visit = (id: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(id)) return [...path.slice(path.indexOf(id)), id];
    if (done.has(id)) return undefined;
    for (const next of referencesIn(resources[id])) {
      const cycle = next in resources ? visit(next, [...path, id]) : undefined;
      if (cycle) return cycle;
    }
    done.add(id);
    return undefined;
  };
  return Object.keys(resources)
    .map((id) => visit(id, []))
    .find((cycle) => cycle !== undefined);
}

function referencesIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, argument]) => {
    if (key === "Ref" || key === "DependsOn") return [argument].flat().map(String);
    if (key === "Fn::GetAtt") return [String(argument[0])];
    return referencesIn(argument);
  });
}
