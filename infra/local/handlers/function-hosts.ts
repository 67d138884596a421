import { availableParallelism } from "node:os";
import type { Faults } from "../faults.ts";
import { type Endpoints, makeEnvironment } from "../local-environment.ts";
import type { FunctionPlan } from "../template/deployment.ts";
import { FunctionHost, type InvocationOutcome } from "./function-host.ts";
import { prepareFunctionLog } from "./function-log.ts";

interface HostsOptions {
  readonly functions: readonly FunctionPlan[];
  readonly endpoints: Endpoints;
  /** Where the API answers. */
  readonly apiUrl: string;
  readonly clock: SharedArrayBuffer;
  readonly logFolder: string;
  readonly faults: Faults;
}

/** Execution environments of one function at once. More would only wait for the same processors. */
export const concurrency = Math.max(2, availableParallelism());

/** Every function of the app, by ARN. */
export class FunctionHosts {
  readonly #hosts: ReadonlyMap<string, FunctionHost>;
  readonly #faults: Faults;

  constructor({ functions, endpoints, apiUrl, clock, logFolder, faults }: HostsOptions) {
    this.#faults = faults;
    this.#hosts = new Map(
      functions.map((plan) => {
        const logFile = prepareFunctionLog(logFolder, plan.name);
        const environment = makeEnvironment(plan, endpoints, apiUrl);
        return [plan.arn, new FunctionHost({ plan, environment, clock, logFile, concurrency })];
      }),
    );
  }

  warm(functionArns: readonly string[]): void {
    for (const functionArn of new Set(functionArns)) this.#find(functionArn).warm();
  }

  /** Runs a function; an injected fault may kill it on the way. */
  invoke(functionArn: string, event: unknown): Promise<InvocationOutcome> {
    const host = this.#find(functionArn);
    return host.invoke(event, this.#faults.takeKill(host.plan.name));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#hosts.values()].map((host) => host.stop()));
  }

  #find(functionArn: string): FunctionHost {
    const host = this.#hosts.get(functionArn);
    if (!host) throw new Error(`no function ${functionArn}`);
    return host;
  }
}
