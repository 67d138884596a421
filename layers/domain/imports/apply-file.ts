import type { ProfileId } from "#domain/profile/state.ts";
import type { ImportRowError } from "#events/admin-api/imports.ts";
import { type AppliedRows, applyRows } from "./apply-rows.ts";
import type { FileRow } from "./file-row.ts";
import type { HeldImport } from "./held-import.ts";
import { ImportError } from "./import-error.ts";
import type { ImportJob } from "./import-job.ts";
import type { ImportPorts } from "./import-ports.ts";
import { writeHashes } from "./people-hashes.ts";
import { readRows } from "./read-file.ts";

const ROWS_AT_ONCE = 500;
/** What a crash makes a worker redo: so many rows, or so long. */
const ROWS_A_CHECKPOINT = 10_000;
const CHECKPOINT_EVERY_MS = 5_000;
const FIRST_ERRORS = 20;
/** `replace` holds 8 bytes of each in memory. */
const MAX_PEOPLE = 20_000_000;

/** Applies the rows behind the last checkpoint, until the file or the time ends. Throws ImportError, ImportLostError. */
export async function applyFile(
  ports: ImportPorts,
  held: HeldImport,
  deadline: number,
): Promise<"finished" | "out_of_time"> {
  const since = new SinceCheckpoint(ports, held);
  let waiting: FileRow[] = [];
  for await (const rows of readRows(ports.objects, held.job, held.job.at)) {
    waiting.push(...rows);
    while (waiting.length >= ROWS_AT_ONCE) {
      const batch = waiting.slice(0, ROWS_AT_ONCE);
      waiting = waiting.slice(ROWS_AT_ONCE);
      since.add(batch, await applyRows(ports, held.job, batch));
      const isLate = ports.now() >= deadline;
      if (isLate || since.isDue()) await since.write();
      if (isLate) return "out_of_time";
    }
  }
  if (waiting.length > 0) since.add(waiting, await applyRows(ports, held.job, waiting));
  await since.write({ phase: held.job.mode === "replace" ? "removing" : "reporting" });
  return "finished";
}

/** What rows came to since the last checkpoint. */
class SinceCheckpoint {
  readonly #ports: ImportPorts;
  readonly #held: HeldImport;
  #writtenAt: number;
  #at: ImportJob["at"];
  #rows = { read: 0, applied: 0, unchanged: 0, refused: 0 };
  #refused: ImportRowError[] = [];
  #people: ProfileId[] = [];

  constructor(ports: ImportPorts, held: HeldImport) {
    this.#ports = ports;
    this.#held = held;
    this.#writtenAt = ports.now();
    this.#at = held.job.at;
  }

  add(rows: readonly FileRow[], { applied, unchanged, refused, people }: AppliedRows): void {
    const last = rows.at(-1);
    if (last) this.#at = { offset: last.end, row: last.row };
    this.#rows.read += rows.length;
    this.#rows.applied += applied;
    this.#rows.unchanged += unchanged;
    this.#rows.refused += refused.length;
    this.#refused.push(...refused);
    if (this.#held.job.mode === "replace") this.#people.push(...people);
  }

  isDue(): boolean {
    return this.#rows.read >= ROWS_A_CHECKPOINT || this.#ports.now() - this.#writtenAt >= CHECKPOINT_EVERY_MS;
  }

  /** The objects first, under names that nobody else writes; then the checkpoint that names them. */
  async write(changes: Partial<ImportJob> = {}): Promise<void> {
    const { job } = this.#held;
    const errorParts = await this.#writePart(job.errorParts, "errors", this.#writeErrors());
    const peopleParts = await this.#writePart(job.peopleParts, "people", writeHashes(this.#people));
    if (peopleParts.reduce((sum, { bytes }) => sum + bytes, 0) > MAX_PEOPLE * 8) {
      throw new ImportError("too_many_people", `replace takes files that name ${MAX_PEOPLE} people at most`);
    }
    await this.#held.checkpoint({
      at: this.#at,
      rows: addCounts(job.rows, this.#rows),
      errors: countCodes(job.errors, this.#refused),
      firstErrors: [...job.firstErrors, ...this.#refused].slice(0, FIRST_ERRORS),
      errorParts,
      peopleParts,
      ...changes,
    });
    this.#rows = { read: 0, applied: 0, unchanged: 0, refused: 0 };
    this.#refused = [];
    this.#people = [];
    this.#writtenAt = this.#ports.now();
  }

  #writeErrors(): Uint8Array {
    return Buffer.from(this.#refused.map((error) => `${JSON.stringify(error)}\n`).join(""));
  }

  async #writePart(parts: ImportJob["errorParts"], kind: string, bytes: Uint8Array): Promise<ImportJob["errorParts"]> {
    if (bytes.length === 0) return parts;
    const name = `${kind}-${this.#ports.newId()}`;
    await this.#ports.objects.writePart(this.#held.job.importId, name, bytes);
    return [...parts, { name, bytes: bytes.length }];
  }
}

function addCounts(a: ImportJob["rows"], b: ImportJob["rows"]): ImportJob["rows"] {
  return {
    read: a.read + b.read,
    applied: a.applied + b.applied,
    unchanged: a.unchanged + b.unchanged,
    refused: a.refused + b.refused,
  };
}

function countCodes(before: ImportJob["errors"], refused: readonly ImportRowError[]): ImportJob["errors"] {
  const counts = new Map(Object.entries(before));
  for (const { code } of refused) counts.set(code, (counts.get(code) ?? 0) + 1);
  return Object.fromEntries(counts);
}
