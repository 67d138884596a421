import * as z from "zod";
import { describeRun, listRuns } from "#domain/retier/describe-run.ts";
import { resumeRun, stopRun } from "#domain/retier/resume-runs.ts";
import { startRun } from "#domain/retier/start-run.ts";
import { pageQuery } from "#events/admin-api/page-query.ts";
import { RetierRun, RetierRunPage, StartedRun } from "#events/admin-api/retier.ts";
import { AdminError } from "../admin-error.ts";
import { auditChange } from "../audit-change.ts";
import { readCursor, writeCursor } from "../cursor.ts";
import type { AdminPorts } from "../ports.ts";
import { defineRoute } from "../route.ts";
import { runPortsOf } from "../run-ports.ts";

const tag = "Re-tiering";
const one = z.object({ runId: z.string().min(1).max(64) });

export const startRetier = defineRoute({
  method: "POST",
  path: "/admin/v1/retier",
  role: "operator",
  tag,
  summary: "Evaluate everyone anew",
  description:
    "A pass over everyone, in slices: who changes is written, quantiles and measures are found, the table of members is repaired. While one goes on this answers with that one. Each night, and each change of definitions, starts one too.",
  answers: {
    200: { description: "One is going on already.", schema: StartedRun },
    202: { description: "Started.", schema: StartedRun },
  },
  async handle(input, ports) {
    const what = { action: "retier.start", target: "everyone" };
    const run = await auditChange(input, what, ports, async () => {
      const result = await startRun(runPortsOf(ports), { reason: "request", by: input.actor.name });
      return { result, details: result };
    });
    return { status: run.started ? 202 : 200, body: run };
  },
});

export const listRetierRuns = defineRoute({
  method: "GET",
  path: "/admin/v1/retier",
  role: "viewer",
  tag,
  summary: "List re-tiering runs",
  query: z.object(pageQuery({ default: 10, max: 50 })),
  answers: { 200: { description: "The newest first; the last 50 are remembered.", schema: RetierRunPage } },
  async handle({ query }, ports) {
    const after = readCursor("retier", query.cursor, z.string().max(64));
    const { runs, cursor } = await listRuns(ports, { after, limit: query.limit });
    return { status: 200, body: { items: runs, cursor: cursor === undefined ? null : writeCursor("retier", cursor) } };
  },
});

export const getRetierRun = defineRoute({
  method: "GET",
  path: "/admin/v1/retier/{runId}",
  role: "viewer",
  tag,
  summary: "How far a re-tiering run is",
  params: one,
  answers: { 200: { description: "The run.", schema: RetierRun } },
  refusals: { 404: "run_unknown" },
  async handle({ params }, ports) {
    return { status: 200, body: await viewRun(params.runId, ports) };
  },
});

export const stopRetierRun = defineRoute({
  method: "POST",
  path: "/admin/v1/retier/{runId}/stop",
  role: "operator",
  tag,
  summary: "Stop a re-tiering run",
  description:
    "Its workers stop within a minute, each behind what it has finished. It can be resumed while it is the newest.",
  params: one,
  answers: { 200: { description: "The run, stopped or over.", schema: RetierRun } },
  refusals: { 404: "run_unknown" },
  async handle(input, ports) {
    const { runId } = input.params;
    await viewRun(runId, ports);
    await auditChange(input, { action: "retier.stop", target: runId }, ports, async () => ({
      result: await stopRun(ports, runId),
    }));
    return { status: 200, body: await viewRun(runId, ports) };
  },
});

export const resumeRetierRun = defineRoute({
  method: "POST",
  path: "/admin/v1/retier/{runId}/resume",
  role: "operator",
  tag,
  summary: "Go on with a re-tiering run that was stopped",
  description: "Each slice goes on from its last checkpoint. One that still goes on is left alone.",
  params: one,
  answers: { 200: { description: "The run.", schema: RetierRun } },
  refusals: { 404: "run_unknown", 409: "run_over" },
  async handle(input, ports) {
    const { runId } = input.params;
    await viewRun(runId, ports);
    await auditChange(input, { action: "retier.resume", target: runId }, ports, async () => {
      const result = await resumeRun(runPortsOf(ports), runId);
      if (result) return { result };
      throw new AdminError(409, "run_over", "this run is done, or another was started after it", {
        details: { hint: "POST /admin/v1/retier starts another" },
      });
    });
    return { status: 200, body: await viewRun(runId, ports) };
  },
});

/** Throws AdminError 404 `run_unknown`. */
async function viewRun(runId: string, ports: Pick<AdminPorts, "work" | "now">): Promise<RetierRun> {
  const run = await describeRun(ports, runId);
  if (run) return run;
  throw new AdminError(404, "run_unknown", `there is no run ${JSON.stringify(runId)}`, {
    details: { hint: "GET /admin/v1/retier lists them" },
  });
}
