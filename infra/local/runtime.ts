import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import type { Cleanup } from "./cleanup.ts";
import { SteeredClock } from "./clock.ts";
import { makeControlRoutes } from "./control/control-routes.ts";
import { startDataServices } from "./data-services.ts";
import { SecretFile } from "./emulators/secret-file.ts";
import { Faults } from "./faults.ts";
import { FrontServer } from "./gateway/front-server.ts";
import { makeGateway } from "./gateway/gateway.ts";
import { lockInstance } from "./instance-lock.ts";
import type { Options } from "./options.ts";
import { provideSources } from "./provide-sources.ts";
import { runApp } from "./run-app.ts";
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
  /** A page that shows the e-mails that were sent; as JSON below `/store`. */
  readonly mailboxUrl: string;
  readonly pid: number;
}

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
    startDataServices({ dataDir, backend: options.backend, secrets, faults, clock, cleanup }),
  ]);
  const deployment = planDeployment(readAssembly(assembly));
  await services.createResources(deployment);
  const adminToken = findAdminToken(deployment, secrets);

  const app = await runApp({ deployment, services, apiUrl: server.url, clock, faults, dataDir, cleanup, report });
  const { hosts, scheduler, walk, status } = app;
  const control = makeControlRoutes({ adminToken, faults, now: clock.now, status, walk, report });
  const gateway = makeGateway(deployment.routes, (functionArn, event) => hosts.invoke(functionArn, event));
  front.open((request) => control(request) ?? gateway(request));
  scheduler.start();

  await provideSources(server.url, adminToken, secrets);
  const { writeKeys } = secrets;
  const mailboxUrl = services.endpoints.ses;
  const running: Running = { url: server.url, adminToken, writeKeys, mailboxUrl, pid: process.pid };
  writeAtomically(file("local.json"), `${JSON.stringify(running, null, 2)}\n`);
  cleanup.add(() => rmSync(file("local.json"), { force: true }));
  return running;
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
