import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

export const root = path.resolve(import.meta.dirname, "../../..");

/** Runs a program of the repository with this Node and returns what it printed. Throws with its errors where it fails. */
export async function runProgram(file: string, args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [path.join(root, file), ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1" },
  });
  let out = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-5000);
  });
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`${file} ${args[0]} ended with ${code}:\n${errors}`);
  return out;
}

/** `strata …`, the command line, as anyone would call it. */
export function runStrata(...args: readonly string[]): Promise<string> {
  return runProgram("console/cli/main.ts", args);
}
