import type { ImportJob } from "#domain/imports/import-job.ts";
import type { ImportObjectStore } from "#domain/ports/import-object-store.ts";
import { writeInstant, writeInstantOrNull } from "#events/admin-api/answer.ts";
import type { ImportView } from "#events/admin-api/imports.ts";

/** How long an address is good for, seconds. A role's session may end it sooner. */
export const ADDRESS_SECONDS = 3_600;

/** An import as the API shows it. The list of refused rows is there once it has ended. */
export async function viewImport(job: ImportJob, objects: Pick<ImportObjectStore, "offerErrors">): Promise<ImportView> {
  const { importId, status, phase, mode, format, columns, by, rows, removed, errors, firstErrors, failure } = job;
  const hasErrors = (status === "done" || status === "failed") && job.errorParts.length > 0;
  return {
    importId,
    name: job.name ?? null,
    status,
    phase,
    into: job.key,
    mode,
    format,
    columns,
    sha256: job.sha256 ?? null,
    by,
    createdAt: writeInstant(job.createdAt),
    startedAt: writeInstantOrNull(job.startedAt),
    finishedAt: writeInstantOrNull(job.finishedAt),
    fileBytes: job.file?.bytes ?? null,
    rows: { total: job.total ?? null, ...rows },
    removed,
    errors,
    firstErrors,
    errorsUrl: hasErrors ? await objects.offerErrors(importId, ADDRESS_SECONDS) : null,
    failure: failure ? { ...failure, row: failure.row ?? null, column: failure.column ?? null } : null,
  };
}
