import type { HeldImport } from "./held-import.ts";
import { ImportError } from "./import-error.ts";
import type { ImportPorts } from "./import-ports.ts";
import type { CsvHeader } from "./read-csv.ts";
import { readRows } from "./read-file.ts";

/** Between two signs of life. */
const SIGN_EVERY_MS = 10_000;

/** Reads the whole file before the first person is changed: a file that is not sound changes nobody. Counts its rows.
 *  Throws ImportError. */
export async function checkFile(ports: ImportPorts, held: HeldImport): Promise<void> {
  let total = 0;
  let header: CsvHeader | undefined;
  let signedAt = ports.now();
  const rows = readRows(ports.objects, held.job, { offset: 0, row: 0 }, (found) => {
    header = found;
  });
  for await (const some of rows) {
    total += some.length;
    if (ports.now() - signedAt < SIGN_EVERY_MS) continue;
    await held.checkpoint({});
    signedAt = ports.now();
  }
  if (total === 0) throw new ImportError("file_empty", "the file has no rows");
  await held.checkpoint({
    phase: "applying",
    total,
    ...(header && { header: { ...header, columns: [...header.columns] } }),
  });
}
