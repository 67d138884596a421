import type { FilePosition, FileRow } from "./file-row.ts";
import { ImportError } from "./import-error.ts";
import { soundPieces } from "./sound-pieces.ts";

const NEWLINE = 0x0a;
const decoder = new TextDecoder("utf-8");

/** Reads the rows of an NDJSON file behind `from`, from chunks of its bytes that begin there. A line that is no JSON
 *  object has no values; a file whose first line is none is no NDJSON. Throws ImportError with the row. */
export async function* readNdjson(
  chunks: AsyncIterable<Uint8Array>,
  columns: readonly string[],
  from: FilePosition,
): AsyncGenerator<FileRow[]> {
  let { row, offset } = from;
  let isFirst = row === 0;
  try {
    for await (const piece of soundPieces(chunks)) {
      const rows: FileRow[] = [];
      for (let start = 0; start < piece.length; ) {
        const end = piece.indexOf(NEWLINE, start) + 1 || piece.length;
        // Decoding takes a byte order mark away.
        const text = decoder.decode(piece.subarray(start, end)).trim();
        row++;
        offset += end - start;
        start = end;
        if (text === "") continue;
        const values = readValues(text, columns);
        if (isFirst && !values) {
          throw new ImportError("file_not_ndjson", "the first line is no JSON object", { row });
        }
        isFirst = false;
        rows.push({ row, end: offset, values });
      }
      if (rows.length > 0) yield rows;
    }
  } catch (error) {
    if (error instanceof ImportError && error.row === undefined) {
      throw new ImportError(error.code, error.message, { row: row + 1 });
    }
    throw error;
  }
}

function readValues(text: string, columns: readonly string[]): unknown[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return undefined;
  const properties = new Map(Object.entries(parsed));
  return columns.map((column): unknown => properties.get(column));
}
