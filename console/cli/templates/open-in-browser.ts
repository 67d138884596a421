import { spawn } from "node:child_process";
import { resolve } from "node:path";

const OPENERS: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ["open"],
  win32: ["explorer"],
};

/** Shows a file with whatever this machine opens such files with. A machine without a screen just does not. */
export function openInBrowser(file: string): void {
  const [program, ...rest] = OPENERS[process.platform] ?? ["xdg-open"];
  const child = spawn(program, [...rest, resolve(file)], { stdio: "ignore", detached: true });
  child.on("error", () => undefined);
  child.unref();
}
