import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { Totals } from "#events/admin-api/totals.ts";
import { type ApiClient, ApiError } from "../api-client.ts";
import { CliError } from "../cli-error.ts";

const Status = z.object({ quiet: z.boolean(), consumers: z.array(z.object({ backlog: z.number() })).default([]) });

const TIMEOUT_MS = 180_000;

/** Waits until everything that was sent has been folded and indexed: the local runtime says so; of any other server the
 *  totals are watched until they stand still. Throws CliError `pipeline_busy` after three minutes.
 *  @param onWait told how many records wait, where that is known. */
export async function waitUntilQuiet(api: ApiClient, onWait: (backlog: number | undefined) => void): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  let before = "";
  while (performance.now() < deadline) {
    const status = await readStatus(api);
    if (status?.quiet === true) return;
    onWait(status?.consumers.reduce((sum, { backlog }) => sum + backlog, 0));
    if (status === undefined) {
      const { at: _, ...figures } = await api.get("/admin/v1/totals", Totals);
      if (JSON.stringify(figures) === before) return;
      before = JSON.stringify(figures);
      await sleep(4_000);
    }
    await sleep(150);
  }
  throw new CliError("pipeline_busy", "The events were accepted, but are not all folded after three minutes.", {
    hint: "The server's log says what it is at; `strata totals` shows how far it is.",
  });
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
