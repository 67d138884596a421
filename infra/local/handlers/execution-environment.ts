import { appendFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import type { FunctionPlan } from "../template/deployment.ts";
import { findBundle } from "./find-bundle.ts";
import type { FunctionError, InvocationAnswer, InvocationRequest, ThreadStart } from "./messages.ts";

/** V8 would give each of a dozen threads 48 MB for new objects, on a machine that has other things to do. */
const maxYoungGenerationSizeMb = 16;

const goneError: FunctionError = {
  errorType: "Runtime.ExitError",
  errorMessage: "the execution environment was stopped",
};

/** One thread that runs a function's bundle, one invocation at a time, as one Lambda execution environment does. */
export class ExecutionEnvironment {
  readonly #worker: Worker;
  /** Ends the invocation that runs now. */
  #settle: ((answer: InvocationAnswer) => void) | undefined;
  #alive = true;

  constructor(
    plan: FunctionPlan,
    environment: Readonly<Record<string, string>>,
    clock: SharedArrayBuffer,
    logFile: string,
  ) {
    const workerData: ThreadStart = { ...findBundle(plan), clock, logFile };
    this.#worker = new Worker(new URL("./thread.ts", import.meta.url), {
      name: plan.name,
      workerData,
      env: { ...environment },
      execArgv: ["--enable-source-maps"],
      resourceLimits: { maxOldGenerationSizeMb: plan.memoryMb, maxYoungGenerationSizeMb },
    });
    let reason = goneError.errorMessage;
    this.#worker.on("error", (error) => {
      reason = String(error);
      appendFileSync(logFile, `${reason}\n`);
    });
    this.#worker.on("message", (answer: InvocationAnswer) => this.#settle?.(answer));
    this.#worker.on("exit", () => {
      this.#alive = false;
      this.#settle?.({ ok: false, error: { errorType: "Runtime.ExitError", errorMessage: reason } });
    });
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Runs an invocation. A thread that dies, or that outlives `timeoutMs` and is killed for it, is an error too. */
  async run(request: InvocationRequest): Promise<InvocationAnswer> {
    if (!this.#alive) return { ok: false, error: goneError };
    // No promise that outlives the invocation takes part: each race on one would keep its answer for as long as that lives.
    const { promise, resolve } = Promise.withResolvers<InvocationAnswer>();
    this.#settle = resolve;
    const timer = setTimeout(() => {
      const seconds = (request.timeoutMs / 1000).toFixed(2);
      resolve({
        ok: false,
        error: { errorType: "Sandbox.Timedout", errorMessage: `Task timed out after ${seconds} seconds` },
      });
      void this.stop();
    }, request.timeoutMs);
    this.#worker.postMessage(request);
    const answer = await promise;
    this.#settle = undefined;
    clearTimeout(timer);
    return answer;
  }

  async stop(): Promise<void> {
    this.#alive = false;
    await this.#worker.terminate();
  }
}
