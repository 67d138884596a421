/** Why an import cannot go on: what is wrong with its file or with where it goes. Trying again cannot help. */
export type ImportFailureCode =
  | "file_empty"
  | "file_too_large"
  | "file_changed"
  | "file_not_text"
  | "encoding_not_utf8"
  | "file_not_csv"
  | "file_not_ndjson"
  | "row_too_long"
  | "column_missing"
  | "column_ambiguous"
  | "nobody_found"
  | "too_many_people"
  | "tag_unknown"
  | "tag_has_rule"
  | "segment_unknown"
  | "segment_has_rule";

export class ImportError extends Error {
  override readonly name = "ImportError";
  readonly code: ImportFailureCode;
  readonly retriable = false;
  /** As a spreadsheet counts: the header of a CSV file is row 1. */
  readonly row: number | undefined;
  readonly column: string | undefined;

  constructor(code: ImportFailureCode, message: string, at: { row?: number; column?: string } = {}) {
    super(message);
    this.code = code;
    this.row = at.row;
    this.column = at.column;
  }
}
