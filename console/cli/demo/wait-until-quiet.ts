import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { Totals } from "#events/admin-api/totals.ts";
import { type ApiClient, ApiError } from "../api-client.ts";
import { CliError } from "../cli-error.ts";
import { groupDigits } from "../spell.ts";

const Consumer = z.object({ function: z.string(), backlog: z.number(), failing: z.number().default(0) });
const Status = z.object({ quiet: z.boolean(), consumers: z.array(Consumer).default([]) });

/** How long the backlog may stand still before waiting is given up. */
const STALLED_MS = 60_000;

/** Waits until everything that was sent has been folded and indexed: the local runtime says so; of any other server the
 *  totals are watched until they stand still. Throws CliError `pipeline_stalled` after a minute without progress.
 *  @param onWait told how many records wait, where that is known. */
export async function waitUntilQuiet(api: ApiClient, onWait: (backlog: number | undefined) => void): Promise<void> {
  let before = "";
  let changedAt = performance.now();
  for (;;) {
    const status = await readStatus(api);
    if (status?.quiet === true) return;
    const backlogs = status?.consumers.map(({ backlog }) => backlog);
    onWait(backlogs?.reduce((sum, backlog) => sum + backlog, 0));
    const progress = JSON.stringify(backlogs ?? (await readFigures(api)));
    if (progress !== before) changedAt = performance.now();
    else if (status === undefined) return;
    if (performance.now() - changedAt > STALLED_MS) throw stalled(status?.consumers ?? []);
    before = progress;
    await sleep(status === undefined ? 4_000 : 150);
  }
}

/** Undefined: not the local runtime. */
async function readStatus(api: ApiClient): Promise<z.infer<typeof Status> | undefined> {
  try {
    return await api.get("/local/status", Status);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

async function readFigures(api: ApiClient): Promise<unknown> {
  const { at: _, ...figures } = await api.get("/admin/v1/totals", Totals);
  return figures;
}

function stalled(consumers: readonly z.infer<typeof Consumer>[]): CliError {
  const stuck = consumers.filter(({ backlog }) => backlog > 0);
  return new CliError("pipeline_stalled", "The events were accepted, but their processing stands still.", {
    lines: stuck.map(({ function: name, backlog, failing }) => {
      return `${name}: ${groupDigits(backlog)} records wait${failing > 0 ? `, ${failing} batches keep failing` : ""}`;
    }),
    hint: "The function's log in the data directory (logs/) says why; `strata totals` shows how far it is.",
  });
}
