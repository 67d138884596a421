import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Cleanup } from "./cleanup.ts";
import type { SteeredClock } from "./clock.ts";
import { describeStatus, type Status } from "./control/describe-status.ts";
import type { DataServices } from "./data-services.ts";
import { MailOutcomes } from "./emulators/mail-outcomes.ts";
import { expireItems } from "./expire-items.ts";
import type { Faults } from "./faults.ts";
import { FunctionHosts } from "./handlers/function-hosts.ts";
import { type Mappings, startMappings } from "./mappings/start-mappings.ts";
import { ClockWalk } from "./schedules/clock-walk.ts";
import { RuleScheduler } from "./schedules/rule-scheduler.ts";
import type { Deployment } from "./template/deployment.ts";

interface AppOptions {
  readonly deployment: Deployment;
  readonly services: DataServices;
  /** Where the API answers. */
  readonly apiUrl: string;
  readonly clock: SteeredClock;
  readonly faults: Faults;
  readonly dataDir: string;
  readonly cleanup: Cleanup;
  report(error: unknown): void;
}

/** A deployed app whose functions are fed from streams, queues and schedules. */
export interface RunningApp {
  readonly hosts: FunctionHosts;
  readonly walk: ClockWalk;
  readonly scheduler: RuleScheduler;
  status(): Status;
}

const hourMs = 3_600_000;
const settleMs = 10;

/** Starts the functions of a deployment whose resources are there, and what feeds them. Rules start with `scheduler.start`. */
export async function runApp(options: AppOptions): Promise<RunningApp> {
  const { deployment, services, apiUrl, clock, faults, dataDir, cleanup, report } = options;
  const file = (name: string): string => path.join(dataDir, name);
  const { endpoints } = services;
  const { functions, routes, mappings: streamMappings } = deployment;
  const hosts = new FunctionHosts({
    functions,
    endpoints,
    apiUrl,
    clock: clock.shared,
    logFolder: file("logs"),
    faults,
  });
  cleanup.add(() => hosts.stop());
  // Those that a queue feeds start with their first message: a sender a channel would be many for the few that send.
  hosts.warm([...routes, ...streamMappings].map(({ functionArn }) => functionArn));

  const checkpointFolder = file("checkpoints");
  const mappings = await startMappings({
    deployment,
    services,
    hosts,
    now: clock.now,
    checkpointFolder,
    cleanup,
    report,
  });
  const scheduler = new RuleScheduler({
    rules: deployment.rules,
    now: clock.now,
    invoke: async (functionArn, event) => void (await hosts.invoke(functionArn, event)),
  });
  cleanup.add(() => scheduler.stop());

  const outcomes = new MailOutcomes({
    rules: deployment.eventRules,
    now: clock.now,
    invoke: async (functionArn, event) => void (await hosts.invoke(functionArn, event)),
  });
  services.onMailSent((mail) => outcomes.announce(mail));
  cleanup.add(() => outcomes.stop());

  const expire = () => expireItems(services.dynamodb, deployment.tables, clock.now());
  const sweeping = setInterval(() => void expire().catch(report), hourMs);
  cleanup.add(() => clearInterval(sweeping));
  const walk = makeWalk(options, scheduler, mappings, expire);
  cleanup.add(() => walk.stop());

  const status = (): Status => {
    const busy = scheduler.running > 0 || outcomes.pending > 0 || walk.movingTo !== undefined;
    return describeStatus(listConsumers(mappings), services.queues.all(), busy, clock.now());
  };
  return { hosts, walk, scheduler, status };
}

function makeWalk(
  { services, clock }: AppOptions,
  scheduler: RuleScheduler,
  mappings: Mappings,
  arrive: () => Promise<void>,
): ClockWalk {
  const consumed = mappings.queues.map(({ plan }) => services.queues.byArn(plan.queueArn));
  return new ClockWalk({
    scheduler,
    now: clock.now,
    setClock: (instant) => clock.set(instant),
    nextMessageAt: () => {
      const due = consumed.flatMap((queue) => queue.nextDueAt() ?? []);
      return due.length === 0 ? undefined : Math.min(...due);
    },
    async settle() {
      while ([...mappings.streams, ...mappings.queues].some(({ backlog }) => backlog > 0)) {
        for (const mapping of mappings.streams) mapping.hurry();
        await delay(settleMs);
      }
    },
    arrive,
  });
}

function listConsumers({ streams, queues }: Mappings) {
  return [...streams, ...queues].map(({ plan, backlog, failing }) => ({
    functionArn: plan.functionArn,
    backlog,
    failing,
  }));
}
