import { setTimeout as delay } from "node:timers/promises";
import { ImportView } from "#events/admin-api/imports.ts";
import type { ApiClient } from "../api-client.ts";
import { Progress } from "../replay/progress.ts";
import { countOf, groupDigits } from "../spell.ts";
import type { Terminal } from "../terminal.ts";

const FIRST_LOOK_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/** Shows how far an import is until it has ended, and returns what it came to. */
export async function watchImport(api: ApiClient, importId: string, terminal: Terminal): Promise<ImportView> {
  const progress = new Progress(terminal, "Importing");
  try {
    for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      await delay(pause);
      const view = await api.get(`/admin/v1/imports/${encodeURIComponent(importId)}`, ImportView);
      if (view.status !== "running" && view.status !== "waiting") return view;
      const { total, read, refused } = view.rows;
      const note = refused > 0 ? `, ${groupDigits(refused)} refused` : "";
      progress.update(total === null ? 0 : read / total, 0, `${view.phase}: ${countOf(read, "row")}${note}`);
    }
  } finally {
    progress.finish();
  }
}
