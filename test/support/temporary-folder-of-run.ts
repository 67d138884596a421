import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What tests, and what they start, put into the system's temporary folder goes with the run, Ctrl-C included. */
export function setup(): void {
  const folder = mkdtempSync(join(tmpdir(), "strata-run-"));
  process.env.TMPDIR = folder;
  process.once("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
}
