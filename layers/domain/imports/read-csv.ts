import { type CsvError, type Info, type Parser, parse } from "csv-parse";
import type { FilePosition, FileRow } from "./file-row.ts";
import { ImportError } from "./import-error.ts";
import { MAX_LINE_BYTES, soundPieces } from "./sound-pieces.ts";

interface Parsed {
  readonly record: readonly string[];
  readonly info: Info;
}

export interface CsvHeader {
  /** Where each column asked for stands, in their order. */
  readonly columns: readonly number[];
  /** How many columns there are. */
  readonly width: number;
}

/** Reads the rows of a CSV file (RFC 4180: quoted fields, doubled quotes, line breaks within quotes) behind `from`, from
 *  chunks of its bytes that begin there; at the beginning of the file the header is read and checked first, and given
 *  to `onHeader`. A row with more or fewer fields than the header has no values. Throws ImportError with the row. */
export async function* readCsv(
  chunks: AsyncIterable<Uint8Array>,
  file: { readonly columns: readonly string[]; readonly delimiter: string; readonly header?: CsvHeader },
  from: FilePosition,
  onHeader: (header: CsvHeader) => void = () => {},
): AsyncGenerator<FileRow[]> {
  let header = file.header;
  for await (const parsed of parseRecords(chunks, file.delimiter, from)) {
    const rows: FileRow[] = [];
    for (const { record, info } of parsed) {
      const row = from.row + info.records + info.empty_lines;
      if (header) rows.push(readRow(record, header, { row, end: from.offset + info.bytes }));
      else {
        header = findColumns(record, file.columns, row);
        onHeader(header);
      }
    }
    if (rows.length > 0) yield rows;
  }
}

async function* parseRecords(
  chunks: AsyncIterable<Uint8Array>,
  delimiter: string,
  from: FilePosition,
): AsyncGenerator<Parsed[]> {
  const parser = parse({
    delimiter,
    bom: from.offset === 0,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    record_delimiter: ["\r\n", "\n"],
    max_record_size: MAX_LINE_BYTES,
  });
  // Heard here, told by `drain`: an error without a listener would end the process.
  parser.on("error", () => {});
  let last = 0;
  try {
    for await (const piece of soundPieces(chunks)) {
      parser.write(piece);
      yield drain(parser, from.row);
      last = parser.info.records + parser.info.empty_lines;
    }
  } catch (error) {
    if (!(error instanceof ImportError) || error.row !== undefined) throw error;
    // The parser holds the last characters back, in case a line break or a quote goes on.
    parser.end();
    for (const { info } of readAll(parser)) last = info.records + info.empty_lines;
    throw new ImportError(error.code, error.message, { row: from.row + last + 1 });
  }
  parser.end();
  yield drain(parser, from.row);
}

/** The parser works while it is written to and while it is read from, never between: what it has, it has now. */
function readAll(parser: Parser): Parsed[] {
  const parsed: Parsed[] = [];
  for (let next = parser.read() as Parsed | null; next !== null; next = parser.read() as Parsed | null) {
    parsed.push(next);
  }
  return parsed;
}

function drain(parser: Parser, behind: number): Parsed[] {
  const parsed = readAll(parser);
  const { records, empty_lines } = parser.info;
  if (parser.errored) throw explain(parser.errored as CsvError, behind + records + empty_lines + 1);
  return parsed;
}

function explain(error: CsvError, row: number): ImportError {
  return error.code === "CSV_MAX_RECORD_SIZE"
    ? new ImportError("row_too_long", `a row may have ${MAX_LINE_BYTES} bytes; is a quote left open?`, { row })
    : new ImportError("file_not_csv", `not readable as CSV: a quote is out of place (${error.code})`, { row });
}

function readRow(record: readonly string[], { columns, width }: CsvHeader, at: { row: number; end: number }): FileRow {
  return { ...at, values: record.length === width ? columns.map((index) => record[index]) : undefined };
}

function findColumns(header: readonly string[], columns: readonly string[], row: number): CsvHeader {
  const names = header.map((name) => name.trim());
  const found = columns.map((column) => {
    const index = names.indexOf(column.trim());
    if (index < 0) {
      const message = `the header has no column ${JSON.stringify(column)} among its ${names.length}`;
      throw new ImportError("column_missing", message, { row, column });
    }
    if (names.lastIndexOf(column.trim()) !== index) {
      const message = `the header has several columns ${JSON.stringify(column)}`;
      throw new ImportError("column_ambiguous", message, { row, column });
    }
    return index;
  });
  return { columns: found, width: names.length };
}
