import { randomUUID } from "node:crypto";
import type { Kill } from "../faults.ts";
import type { FunctionPlan } from "../template/deployment.ts";
import { ExecutionEnvironment } from "./execution-environment.ts";
import type { FunctionError, InvocationAnswer } from "./messages.ts";

/** An invocation's end. `requestId` is what the function saw as its awsRequestId. */
export type InvocationOutcome = InvocationAnswer & { readonly requestId: string };

interface HostOptions {
  readonly plan: FunctionPlan;
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: SharedArrayBuffer;
  readonly logFile: string;
  /** Invocations at once; the others wait. */
  readonly concurrency: number;
}

/** A function: keeps execution environments warm, starts more of them under load, replaces those that die. */
export class FunctionHost {
  readonly plan: FunctionPlan;
  readonly #options: HostOptions;
  readonly #idle: ExecutionEnvironment[] = [];
  readonly #all = new Set<ExecutionEnvironment>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #stopped = false;

  constructor(options: HostOptions) {
    this.plan = options.plan;
    this.#options = options;
  }

  /** Starts an execution environment ahead of the first invocation. */
  warm(): void {
    if (this.#all.size === 0) this.#idle.push(this.#start());
  }

  get running(): number {
    return this.#running;
  }

  /** Runs the function on an event; with `kill` its environment is killed at that instant. */
  async invoke(event: unknown, kill?: Kill): Promise<InvocationOutcome> {
    const requestId = randomUUID();
    while (this.#running >= this.#options.concurrency)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#stopped) return { ok: false, error: stoppedError, requestId };
    this.#running += 1;
    const environment = this.#take();
    try {
      const answer = environment.run({
        event: JSON.stringify(event),
        requestId,
        timeoutMs: this.plan.timeoutMs,
        functionName: this.plan.name,
        functionArn: this.plan.arn,
        memoryMb: this.plan.memoryMb,
      });
      return { ...(kill ? await killDuring(environment, answer, kill) : await answer), requestId };
    } finally {
      this.#running -= 1;
      if (environment.alive) this.#idle.push(environment);
      else this.#all.delete(environment);
      this.#waiting.shift()?.();
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const resume of this.#waiting.splice(0)) resume();
    await Promise.all([...this.#all].map((environment) => environment.stop()));
  }

  #take(): ExecutionEnvironment {
    for (let environment = this.#idle.pop(); environment; environment = this.#idle.pop()) {
      if (environment.alive) return environment;
      this.#all.delete(environment);
    }
    return this.#start();
  }

  #start(): ExecutionEnvironment {
    const { plan, environment, clock, logFile } = this.#options;
    const started = new ExecutionEnvironment(plan, environment, clock, logFile);
    this.#all.add(started);
    return started;
  }
}

const stoppedError: FunctionError = { errorType: "Runtime.Stopped", errorMessage: "the local runtime is stopping" };

/** An answer that came before the kill is lost as well: the work is done and nobody learned of it. */
async function killDuring(
  environment: ExecutionEnvironment,
  answer: Promise<InvocationAnswer>,
  { afterMs, done }: Kill,
): Promise<InvocationAnswer> {
  let timer: NodeJS.Timeout | undefined;
  const struck = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), afterMs);
  });
  done(await Promise.race([answer.then(() => true), struck]));
  clearTimeout(timer);
  await environment.stop();
  return { ok: false, error: { errorType: "Runtime.ExitError", errorMessage: "killed by an injected fault" } };
}
