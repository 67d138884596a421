import { mkdirSync, openSync, statSync, truncateSync, writeSync } from "node:fs";
import path from "node:path";

/** A log that has grown over this starts anew with the runtime. */
const keptBytes = 20 << 20;

/** `<folder>/<function>.log`: what CloudWatch Logs would get. Returns its path. */
export function prepareFunctionLog(folder: string, functionName: string): string {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${functionName}.log`);
  const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (bytes > keptBytes) truncateSync(file);
  return file;
}

/**
 * Makes everything that this thread prints go to a file, at once and not by way of the main thread: a handler that is
 * killed has still said what it said, and the main thread is not woken for every line.
 */
export function printTo(file: string): void {
  const descriptor = openSync(file, "a", 0o600);
  for (const stream of [process.stdout, process.stderr]) {
    stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
      if (typeof chunk === "string") writeSync(descriptor, chunk);
      else writeSync(descriptor, chunk);
      const done = rest.at(-1);
      if (typeof done === "function") process.nextTick(() => done());
      return true;
    };
  }
}
