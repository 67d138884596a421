import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";

/** What the local runtime writes when it is ready (`<data-dir>/local.json`). */
const LocalRuntime = z.object({
  url: z.url(),
  adminToken: z.string().min(1),
  writeKeys: z.record(z.string(), z.string()),
  mailboxUrl: z.string().nullish(),
  pid: z.int().optional(),
});
export type LocalRuntime = z.infer<typeof LocalRuntime>;

export const DEFAULT_DATA_DIR = ".strata";

export function localJsonPath(dataDir: string | undefined): string {
  return join(dataDir ?? DEFAULT_DATA_DIR, "local.json");
}

/** The runtime whose data lie in `dataDir`, or undefined where none has said that it is ready. */
export async function readLocalJson(dataDir: string | undefined): Promise<LocalRuntime | undefined> {
  try {
    return LocalRuntime.parse(JSON.parse(await readFile(localJsonPath(dataDir), "utf8")));
  } catch {
    // Absent, or being replaced by a runtime that starts: either way there is none to speak to.
    return undefined;
  }
}
