import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { Rendered, RenderFaultCode, RenderJob } from "#domain/templates/rendering.ts";
import { threadSource } from "./thread-source.ts";

/** An e-mail of 256 KB takes a few megabytes. */
const MEMORY = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 };
/** A thread that gets no processor is given up after this many times its limit, by the clock. */
const PATIENCE = 20;

/** A message has cost its thread: it took too long, or too much memory. */
export class ThreadLostError extends Error {
  override readonly name = "ThreadLostError";
  readonly code: RenderFaultCode;
  readonly retriable = false;
  constructor(code: RenderFaultCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** A thread that renders one message at a time. */
export class RenderThread {
  readonly #worker: Worker;
  #ended = false;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.once("exit", () => {
      this.#ended = true;
    });
    // Whoever waits for an answer hears of an error; between two messages nobody does.
    worker.on("error", () => undefined);
  }

  /** Starts a thread and waits until it is ready: starting is no message's time. */
  static async start(): Promise<RenderThread> {
    const { program, eval: isText } = threadSource;
    // Nothing of the environment: credentials have no place near a template.
    const worker = new Worker(program, { eval: isText, env: {}, resourceLimits: MEMORY });
    await once(worker, "message");
    // A function, or a test, that has nothing else to do may end.
    worker.unref();
    return new RenderThread(worker);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Renders a message. Throws ThreadLostError where the thread is lost by it, and is of no use any more. */
  async render(job: RenderJob, limitMs: number): Promise<Rendered> {
    const worker = this.#worker;
    const answered = new AbortController();
    const { signal } = answered;
    worker.ref();
    try {
      const answer = once(worker, "message", { signal }) as Promise<[Rendered]>;
      const exit = once(worker, "exit", { signal }).then(() => {
        throw new ThreadLostError("template_failed", "the thread that renders has ended");
      });
      const overrun = this.#watch(limitMs, signal);
      worker.postMessage(job);
      const [rendered] = await Promise.race([answer, exit, overrun]);
      return rendered;
    } catch (error) {
      await this.stop();
      throw lostBy(error);
    } finally {
      answered.abort();
      worker.unref();
    }
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  /** Throws once the thread has worked too long, or the signal says that it is done. */
  async #watch(limitMs: number, signal: AbortSignal): Promise<never> {
    const startedAt = performance.now();
    const before = await this.#worker.cpuUsage();
    let left = limitMs;
    while (left > 0 && performance.now() - startedAt < limitMs * PATIENCE) {
      await setTimeout(Math.max(left, 10), undefined, { signal });
      const { user, system } = await this.#worker.cpuUsage(before);
      left = limitMs - (user + system) / 1000;
    }
    throw new ThreadLostError("template_timeout", `it took more than ${limitMs} ms`);
  }
}

function lostBy(error: unknown): ThreadLostError {
  if (error instanceof ThreadLostError) return error;
  const { code, message } = error as { code?: string; message?: string };
  return code === "ERR_WORKER_OUT_OF_MEMORY" || code === "ERR_WORKER_NOT_RUNNING"
    ? new ThreadLostError("template_memory", `it took more than ${MEMORY.maxOldGenerationSizeMb} MB`)
    : new ThreadLostError("template_failed", message ?? "the thread that renders has failed");
}
