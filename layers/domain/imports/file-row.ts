/** One row of a file, as far as an import reads it. */
export interface FileRow {
  /** As a spreadsheet counts: the header of a CSV file is row 1, an empty row counts. */
  readonly row: number;
  /** Where the next row begins: bytes from the beginning of the file. */
  readonly end: number;
  /** What the columns asked for hold, in their order. Undefined: the row is not made as the others are. */
  readonly values: readonly unknown[] | undefined;
}

/** Where to go on reading: behind row `row`, at byte `offset`. */
export interface FilePosition {
  readonly offset: number;
  readonly row: number;
}
