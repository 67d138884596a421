import type { ImportObjectStore } from "#domain/ports/import-object-store.ts";
import type { FilePosition, FileRow } from "./file-row.ts";
import { ImportError } from "./import-error.ts";
import type { ImportJob } from "./import-job.ts";
import { type CsvHeader, readCsv } from "./read-csv.ts";
import { readNdjson } from "./read-ndjson.ts";

/** Larger files are to be cut. */
export const MAX_FILE_BYTES = 1024 ** 3;

const BYTES_A_READ = 4 * 1024 * 1024;
/** What is parsed at once: its rows are all in memory. */
const BYTES_A_CHUNK = 64 * 1024;

/** Reads the rows of an import's file behind `from`, a few at a time. Throws ImportError with the row. */
export function readRows(
  objects: ImportObjectStore,
  job: ImportJob,
  from: FilePosition,
  onHeader?: (header: CsvHeader) => void,
): AsyncGenerator<FileRow[]> {
  const chunks = readChunks(objects, job, from.offset);
  const columns = job.columns.map(({ column }) => column);
  if (job.format === "ndjson") return readNdjson(chunks, columns, from);
  const known = from.offset > 0 && job.header ? { header: job.header } : {};
  return readCsv(chunks, { columns, delimiter: job.delimiter, ...known }, from, onHeader);
}

/** One range after the other: a single answer that is read for minutes would be cut off by S3. */
async function* readChunks(
  objects: ImportObjectStore,
  { importId, file }: ImportJob,
  from: number,
): AsyncGenerator<Uint8Array> {
  if (!file) throw new Error("an import without a file was started");
  if (file.bytes > MAX_FILE_BYTES) {
    throw new ImportError("file_too_large", `a file may have ${MAX_FILE_BYTES} bytes, this one has ${file.bytes}`);
  }
  for (let offset = from; offset < file.bytes; ) {
    const bytes = await objects.read(importId, file, { offset, length: Math.min(BYTES_A_READ, file.bytes - offset) });
    if (!bytes || bytes.length === 0) {
      throw new ImportError("file_changed", "the file was uploaded again, or removed, after the start");
    }
    for (let at = 0; at < bytes.length; at += BYTES_A_CHUNK) yield bytes.subarray(at, at + BYTES_A_CHUNK);
    offset += bytes.length;
  }
}
