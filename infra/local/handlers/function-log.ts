import { createWriteStream, mkdirSync, statSync, type WriteStream } from "node:fs";
import path from "node:path";

/** A log that has grown over this starts anew with the runtime. */
const keptBytes = 20 << 20;

/** `<folder>/<function>.log`: what CloudWatch Logs would get. */
export function openFunctionLog(folder: string, functionName: string): WriteStream {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${functionName}.log`);
  const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  return createWriteStream(file, { flags: bytes > keptBytes ? "w" : "a", mode: 0o600 });
}
