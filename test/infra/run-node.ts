import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Runs a program with this Node; throws with its output when it fails. */
export async function runNode(program: string, ...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [program, ...args]);
  return stdout;
}
