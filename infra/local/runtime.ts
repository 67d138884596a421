import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import type { Cleanup } from "./cleanup.ts";
import { SteeredClock } from "./clock.ts";
import { makeControlRoutes, type Status } from "./control/control-routes.ts";
import { type DataServices, startDataServices } from "./data-services.ts";
import { SecretFile } from "./emulators/secret-file.ts";
import { expireItems } from "./expire-items.ts";
import { Faults } from "./faults.ts";
import { FrontServer } from "./gateway/front-server.ts";
import { makeGateway } from "./gateway/gateway.ts";
import { FunctionHosts } from "./handlers/function-hosts.ts";
import { lockInstance } from "./instance-lock.ts";
import { KinesisMapping } from "./mappings/kinesis-mapping.ts";
import type { Options } from "./options.ts";
import { provideSources } from "./provide-sources.ts";
import { RuleScheduler } from "./schedules/rule-scheduler.ts";
import { synthesise } from "./synth/synthesise.ts";
import type { Deployment } from "./template/deployment.ts";
import { planDeployment } from "./template/plan-deployment.ts";
import { readAssembly } from "./template/read-assembly.ts";
import { writeAtomically } from "./write-atomically.ts";

/** What `<data-dir>/local.json` says, so that scripts need not read the runtime's output. */
export interface Running {
  readonly url: string;
  readonly adminToken: string;
  readonly writeKeys: Readonly<Record<string, string>>;
  readonly mailboxUrl: null;
  readonly pid: number;
}

const hourMs = 3_600_000;
/** The longest batching window here, in ms: batches are small on one machine, and somebody waits for the result. */
const longestWindowMs = 200;
/** How long running batches get to end when the runtime stops, in ms. */
const stopMs = 3_000;

/**
 * Starts everything: emulators, the template's resources, functions, gateway, mappings and rules.
 *
 * @param cleanup gets what has to be undone, also where starting fails half-way
 * @param say tells the user what takes its time
 * @throws AlreadyRunningError, TemplateError, or a system error such as EADDRINUSE
 */
export async function startRuntime(
  root: string,
  options: Options,
  cleanup: Cleanup,
  say: (line: string) => void,
): Promise<Running> {
  const dataDir = path.resolve(options.dataDir);
  const file = (name: string): string => path.join(dataDir, name);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  cleanup.add(lockInstance(file("lock")));
  rmSync(file("local.json"), { force: true });

  const clock = new SteeredClock(file("clock.json"));
  const front = new FrontServer(clock.now);
  const server = await front.listen(options.port);
  cleanup.add(() => server.close());

  const faults = new Faults();
  const secrets = new SecretFile(file("secrets.json"));
  const [assembly, services] = await Promise.all([
    synthesise(root, { edge: options.edge }, () => say("Synthesising the CDK app…")),
    startDataServices({ dataDir, backend: options.backend, secrets, faults, now: clock.now, cleanup }),
  ]);
  const deployment = planDeployment(readAssembly(assembly));
  await services.createResources(deployment);
  const adminToken = findAdminToken(deployment, secrets);

  const hosts = new FunctionHosts({
    functions: deployment.functions,
    endpoints: services.endpoints,
    clock: clock.shared,
    logFolder: file("logs"),
    faults,
  });
  cleanup.add(() => hosts.stop());
  hosts.warm([...deployment.routes, ...deployment.mappings].map(({ functionArn }) => functionArn));

  const mappings = await startMappings(deployment, services, hosts, clock, file("checkpoints"), cleanup);
  const status = (): Status => describe(mappings, scheduler.running, clock.now());
  const settle = async (): Promise<void> => {
    while (mappings.some(({ backlog }) => backlog > 0)) {
      for (const mapping of mappings) mapping.hurry();
      await delay(10);
    }
  };
  const scheduler = new RuleScheduler({
    rules: deployment.rules,
    now: clock.now,
    setClock: (instant) => clock.set(instant),
    invoke: async (functionArn, event) => void (await hosts.invoke(functionArn, event)),
    settle,
  });
  const expire = () => expireItems(services.dynamodb, deployment.tables, clock.now());
  const sweeping = setInterval(() => void expire().catch(report), hourMs);
  cleanup.add(() => clearInterval(sweeping));
  cleanup.add(() => scheduler.stop());

  const control = makeControlRoutes({
    adminToken,
    faults,
    now: clock.now,
    status,
    async moveClock(instant) {
      await scheduler.moveTo(instant);
      await expire();
    },
  });
  const gateway = makeGateway(deployment.routes, (functionArn, event) => hosts.invoke(functionArn, event));
  front.open((request) => control(request) ?? gateway(request));
  scheduler.start();

  await provideSources(server.url, adminToken, secrets);
  const { writeKeys } = secrets;
  const running: Running = { url: server.url, adminToken, writeKeys, mailboxUrl: null, pid: process.pid };
  writeAtomically(file("local.json"), `${JSON.stringify(running, null, 2)}\n`);
  cleanup.add(() => rmSync(file("local.json"), { force: true }));
  return running;
}

async function startMappings(
  deployment: Deployment,
  services: DataServices,
  hosts: FunctionHosts,
  clock: SteeredClock,
  checkpointFolder: string,
  cleanup: Cleanup,
): Promise<KinesisMapping[]> {
  mkdirSync(checkpointFolder, { recursive: true });
  const mappings = deployment.mappings.map((plan) => {
    const stream = deployment.streams.find(({ arn }) => arn === plan.streamArn);
    if (!stream) throw new Error(`${plan.id} reads ${plan.streamArn}, which is no stream of the app`);
    return new KinesisMapping({
      plan: { ...plan, windowMs: Math.min(plan.windowMs, longestWindowMs) },
      reader: services.readStream(stream),
      checkpointFolder,
      now: clock.now,
      invoke: (event) => hosts.invoke(plan.functionArn, event),
      putObject: async (Bucket, Key, Body) =>
        void (await services.s3.send(new PutObjectCommand({ Bucket, Key, Body }))),
      report,
    });
  });
  // A batch that runs on is delivered again after the next start.
  cleanup.add(() => Promise.race([Promise.all(mappings.map((mapping) => mapping.stop())), delay(stopMs)]));
  await Promise.all(mappings.map((mapping) => mapping.start()));
  return mappings;
}

function describe(mappings: readonly KinesisMapping[], scheduled: number, now: number): Status {
  const consumers = mappings.map(({ plan, backlog, failing }) => ({
    function: plan.functionArn.slice(plan.functionArn.lastIndexOf("-") + 1),
    backlog,
    failing,
  }));
  return {
    quiet: scheduled === 0 && consumers.every(({ backlog }) => backlog === 0),
    now: new Date(now).toISOString(),
    consumers,
  };
}

function findAdminToken({ secrets: plans }: Deployment, secrets: SecretFile): string {
  const token = plans.find(({ name }) => name === "AdminToken");
  const found = token && secrets.find(token.arn);
  if (!found) throw new Error("the template has no secret AdminToken");
  return found.value;
}

function report(error: unknown): void {
  console.error(error);
}
