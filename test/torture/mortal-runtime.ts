import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { findFreePort } from "../support/free-port.ts";
import { type LocalStack, startLocalStack } from "../support/local-stack.ts";

/** The real runtime, which is killed and started again: always on the same port and the same data directory. */
export class MortalRuntime {
  readonly dataDir: string;
  readonly #port: number;
  #stack: LocalStack;
  /** How long each start took until it was ready, ms. */
  readonly starts: number[] = [];
  #ended = false;

  private constructor(dataDir: string, port: number, stack: LocalStack) {
    this.dataDir = dataDir;
    this.#port = port;
    this.#stack = stack;
  }

  static async start(dataDir: string): Promise<MortalRuntime> {
    const port = await findFreePort();
    return new MortalRuntime(dataDir, port, await spawn(dataDir, port));
  }

  /** The stack that runs now, or that ran last. */
  get stack(): LocalStack {
    return this.#stack;
  }

  /** kill -9, for good. */
  end(): void {
    this.#ended = true;
    this.#stack.kill();
  }

  /** kill -9, and a start on what it left behind. */
  async killAndStart(): Promise<void> {
    this.#stack.kill();
    await this.#start();
  }

  /** The same with another kill -9 so long after the new process began, while it recovers. */
  async killTwiceAndStart(afterMs: number): Promise<void> {
    const first = this.#stack.pid;
    this.#stack.kill();
    const starting = spawn(this.dataDir, this.#port).then(
      (stack) => stack.kill(),
      () => undefined,
    );
    const second = await this.#waitForAnother(first);
    await delay(afterMs);
    // It may have become ready before: then it is killed all the same.
    if (second !== undefined) kill(second);
    await starting;
    await this.#start();
  }

  async #start(): Promise<void> {
    const begun = performance.now();
    this.#stack = await spawn(this.dataDir, this.#port);
    this.starts.push(performance.now() - begun);
    if (this.#ended) this.#stack.kill();
  }

  /** The process that has taken the data directory over. */
  async #waitForAnother(pid: number): Promise<number | undefined> {
    for (let attempt = 0; attempt < 1_000; attempt += 1) {
      const holder = readHolder(path.join(this.dataDir, "lock"));
      if (holder !== undefined && holder !== pid) return holder;
      await delay(20);
    }
    return undefined;
  }
}

function spawn(dataDir: string, port: number): Promise<LocalStack> {
  return startLocalStack({ dataDir, args: ["--port", String(port)] });
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

function readHolder(file: string): number | undefined {
  try {
    return (JSON.parse(readFileSync(file, "utf8")) as { pid: number }).pid;
  } catch {
    return undefined;
  }
}
