import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** An emulator in a thread of this process: it dies with the runtime, also by kill -9. */
export interface Emulator {
  readonly url: string;
  stop(): Promise<void>;
}

/** How long a clean stop may take, in ms. */
const stopMs = 3_000;

/**
 * Starts an emulator's module as a thread. It posts `{ port }` once it listens, and stops when it gets any message.
 * Rejects where it fails to start.
 *
 * @param onMessage gets what else it posts
 */
export async function startEmulator(
  module: URL,
  options: { readonly folder: string; readonly clock?: SharedArrayBuffer },
  onMessage?: (message: Readonly<Record<string, unknown>>) => void,
): Promise<Emulator> {
  const worker = new Worker(module, { workerData: options, stdout: true });
  // Emulators are talkative; their errors stay on stderr.
  worker.stdout.resume();
  const exited = once(worker, "exit");
  const [{ port }] = (await Promise.race([
    once(worker, "message"),
    exited.then(() => Promise.reject(new Error(`${module.pathname} ended before it listened`))),
  ])) as [{ port: number }];
  if (onMessage) worker.on("message", onMessage);
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      worker.postMessage("stop");
      const timer = setTimeout(() => void worker.terminate(), stopMs);
      await exited;
      clearTimeout(timer);
    },
  };
}
