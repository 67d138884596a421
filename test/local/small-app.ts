import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Cleanup } from "../../infra/local/cleanup.ts";
import { SteeredClock } from "../../infra/local/clock.ts";
import { makeControlRoutes } from "../../infra/local/control/control-routes.ts";
import { startDataServices } from "../../infra/local/data-services.ts";
import { SecretFile } from "../../infra/local/emulators/secret-file.ts";
import { Faults } from "../../infra/local/faults.ts";
import { FrontServer } from "../../infra/local/gateway/front-server.ts";
import { answerMessage } from "../../infra/local/gateway/request.ts";
import { runApp } from "../../infra/local/run-app.ts";
import { planDeployment } from "../../infra/local/template/plan-deployment.ts";
import { readAssembly } from "../../infra/local/template/read-assembly.ts";
import { writeAtomically } from "../../infra/local/write-atomically.ts";

// The local runtime's parts over a template of one consumer and its queues, in a process that a test can kill.
// Argument: the data directory. Where it is reached is in its `small.json`; what was consumed in its `consumed.ndjson`.

/** Fails what says so until it was received so often, works while a file is there, notes what it got and when. */
const consumer = `
import { appendFileSync, existsSync } from "node:fs";
export const handler = async ({ Records = [], ...event }) => {
  const note = (line) => appendFileSync(process.env.NOTES, JSON.stringify(line) + "\\n");
  if (Records.length === 0) note({ event, at: Date.now() });
  const batchItemFailures = [];
  for (const { messageId, body, attributes } of Records) {
    const { failures = 0, workMs = 0, hold } = JSON.parse(body);
    while (hold && existsSync(hold)) await new Promise((resolve) => setTimeout(resolve, 10));
    if (workMs > 0) await new Promise((resolve) => setTimeout(resolve, workMs));
    if (Number(attributes.ApproximateReceiveCount) <= failures) batchItemFailures.push({ itemIdentifier: messageId });
    else note({ body: JSON.parse(body), receives: Number(attributes.ApproximateReceiveCount), at: Date.now() });
  }
  return { batchItemFailures };
};`;

const template = (notes: string) => ({
  Resources: {
    Work: {
      Type: "AWS::SQS::Queue",
      Properties: {
        VisibilityTimeout: 60,
        RedrivePolicy: { deadLetterTargetArn: { "Fn::GetAtt": ["DeadLetters", "Arn"] }, maxReceiveCount: 3 },
      },
    },
    DeadLetters: { Type: "AWS::SQS::Queue", Properties: { MessageRetentionPeriod: 1_209_600 } },
    Consumer: {
      Type: "AWS::Lambda::Function",
      Properties: {
        Code: { S3Key: "consumer.zip" },
        Handler: "index.handler",
        Runtime: "nodejs24.x",
        Timeout: 30,
        Environment: { Variables: { NOTES: notes, WORK: { Ref: "Work" } } },
      },
    },
    Mapping: {
      Type: "AWS::Lambda::EventSourceMapping",
      Properties: {
        EventSourceArn: { "Fn::GetAtt": ["Work", "Arn"] },
        FunctionName: { Ref: "Consumer" },
        BatchSize: 10,
        FunctionResponseTypes: ["ReportBatchItemFailures"],
        ScalingConfig: { MaximumConcurrency: 2 },
      },
    },
    Nightly: {
      Type: "AWS::Events::Rule",
      Properties: {
        ScheduleExpression: "cron(15 1 * * ? *)",
        State: "ENABLED",
        Targets: [{ Id: "Target0", Arn: { "Fn::GetAtt": ["Consumer", "Arn"] }, Input: '{"task":"start"}' }],
      },
    },
  },
});

const adminToken = "small";
const [dataDir = "."] = process.argv.slice(2);
const folder = path.join(dataDir, "assembly");
mkdirSync(path.join(folder, "consumer"), { recursive: true });
writeFileSync(path.join(folder, "consumer", "index.mjs"), consumer);
writeFileSync(path.join(folder, "App.template.json"), JSON.stringify(template(path.join(dataDir, "consumed.ndjson"))));
writeFileSync(
  path.join(folder, "App.assets.json"),
  JSON.stringify({ files: { consumer: { source: { path: "consumer" } } } }),
);

const report = (error: unknown): void => console.error(error);
const cleanup = new Cleanup();
process.once("SIGTERM", () => void cleanup.run(report).then(() => process.exit()));
const clock = new SteeredClock(path.join(dataDir, "clock.json"));
const front = new FrontServer(clock.now);
const server = await front.listen(0);
cleanup.add(() => server.close());
const faults = new Faults();
const secrets = new SecretFile(path.join(dataDir, "secrets.json"));
const services = await startDataServices({ dataDir, backend: {}, secrets, faults, clock, cleanup });
const deployment = planDeployment(readAssembly(folder));
await services.createResources(deployment);
const { status, walk, scheduler } = await runApp({
  deployment,
  services,
  apiUrl: "http://127.0.0.1",
  clock,
  faults,
  dataDir,
  cleanup,
  report,
});
const control = makeControlRoutes({ adminToken, faults, now: clock.now, status, walk, report });
front.open((request) => control(request) ?? Promise.resolve(answerMessage(404, "Not Found")));
scheduler.start();
writeAtomically(
  path.join(dataDir, "small.json"),
  JSON.stringify({ url: server.url, adminToken, sqs: services.endpoints.sqs, pid: process.pid }),
);
