import { expiryOf, IMPORT_JOB, type ImportJob, isOver, readJob } from "#domain/imports/import-job.ts";
import type { WorkItem } from "#domain/ports/work-store.ts";
import { AdminError } from "./admin-error.ts";
import type { AdminPorts } from "./ports.ts";

/** A worker writes a checkpoint every few seconds; this is more often. */
const MAX_ATTEMPTS = 10;

/** Throws AdminError 404 `import_unknown`. */
export async function findImport(importId: string, { work }: Pick<AdminPorts, "work">): Promise<WorkItem> {
  const item = await work.find(IMPORT_JOB, importId);
  if (item) return item;
  throw new AdminError(404, "import_unknown", `there is no import ${JSON.stringify(importId)}`, {
    details: { hint: "GET /admin/v1/imports lists them; they are kept for 30 days" },
  });
}

/** Starts an import whose file is there, goes on with one that was stopped, and wakes a worker for one that runs. Throws
 *  AdminError 409 `upload_missing` or `import_over`. */
export async function startImport(importId: string, ports: AdminPorts, now: number): Promise<ImportJob> {
  const job = await change(importId, ports, async (before) => {
    if (before.status === "running" && !before.stopping) return before;
    if (isOver(before) && before.status !== "stopped") {
      throw new AdminError(409, "import_over", `it is ${before.status}: create another`);
    }
    const file = before.file ?? (await ports.importObjects.find(importId));
    if (!file) throw new AdminError(409, "upload_missing", "its file was not uploaded yet");
    const { stopping: _no, finishedAt: _not, ...rest } = before;
    // Whoever stops and starts again goes on with the same import: what it decides is dated as before.
    return { ...rest, status: "running", file, startedAt: before.startedAt ?? now, setbacks: 0 };
  });
  await ports.importQueue.send([{ importId }]);
  return job;
}

/** Asks the worker to stop; it does at its next checkpoint. What was applied stays. Throws AdminError 409 `import_over`. */
export function stopImport(importId: string, ports: AdminPorts, now: number): Promise<ImportJob> {
  return change(importId, ports, async (before, item) => {
    if (before.status === "stopped") return before;
    if (isOver(before)) throw new AdminError(409, "import_over", `it is ${before.status} already`);
    return isHeld(item, now) ? { ...before, stopping: true } : { ...before, status: "stopped", finishedAt: now };
  });
}

function isHeld({ body }: WorkItem, now: number): boolean {
  const { lease } = body as { lease?: { until: number } };
  return lease !== undefined && lease.until > now;
}

/** Changes an import between two checkpoints of its worker, whose lease stays. */
async function change(
  importId: string,
  ports: Pick<AdminPorts, "work">,
  decide: (job: ImportJob, item: WorkItem) => Promise<ImportJob>,
): Promise<ImportJob> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const item = await findImport(importId, ports);
    const before = readJob(item);
    const job = await decide(before, item);
    if (job === before) return job;
    const { lease } = item.body as { lease?: unknown };
    const body = { ...job, ...(lease !== undefined && { lease }) };
    const saved = await ports.work.save({ ...item, revision: item.revision + 1, body, expiresAt: expiryOf(job) });
    if (saved === "saved") return job;
  }
  throw new AdminError(503, "import_busy", "its worker kept writing; try again", { headers: { "retry-after": "1" } });
}
