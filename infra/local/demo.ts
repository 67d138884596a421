import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";

/** True where nobody is stored yet. */
export async function isEmpty(url: string, adminToken: string): Promise<boolean> {
  const response = await fetch(`${url}/admin/v1/totals`, { headers: { authorization: `Bearer ${adminToken}` } });
  if (!response.ok) throw new Error(`GET /admin/v1/totals answered ${response.status}: ${await response.text()}`);
  return ((await response.json()) as { people: number }).people === 0;
}

/** Loads the demo through the HTTP API, as anybody's own data would come in. */
export function startDemo(root: string, url: string, adminToken: string, dataDir: string): ChildProcess {
  return spawn(process.execPath, [path.join(root, "console/cli/main.ts"), "demo"], {
    stdio: "inherit",
    env: { ...process.env, STRATA_URL: url, STRATA_TOKEN: adminToken, STRATA_DATA_DIR: dataDir },
  });
}
