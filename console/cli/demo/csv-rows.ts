/** Reads CSV (RFC 4180: quoted fields, doubled quotes, line breaks within quotes) piece by piece. */
export class CsvRows {
  #field = "";
  #row: string[] = [];
  #quoted = false;
  /** A quote was seen inside a quoted field: it closes the field, or is the first half of a doubled one. */
  #pendingQuote = false;

  /** Returns the rows that `chunk` completes. */
  feed(chunk: string): string[][] {
    const rows: string[][] = [];
    let start = 0;
    for (let i = 0; i < chunk.length; i++) {
      const char = chunk[i];
      if (this.#pendingQuote) {
        this.#pendingQuote = false;
        if (char === '"') {
          this.#field += '"';
          start = i + 1;
          continue;
        }
        this.#quoted = false;
      }
      if (this.#quoted) {
        if (char !== '"') continue;
        this.#field += chunk.slice(start, i);
        this.#pendingQuote = true;
        start = i + 1;
      } else if (char === '"') {
        this.#quoted = true;
        start = i + 1;
      } else if (char === "," || char === "\n") {
        this.#field += chunk.slice(start, i);
        this.#endField();
        if (char === "\n") rows.push(this.#takeRow());
        start = i + 1;
      }
    }
    if (!this.#pendingQuote) this.#field += chunk.slice(start);
    return rows;
  }

  /** The last row, where the file does not end in a line break. */
  end(): string[][] {
    this.#pendingQuote = false;
    if (this.#field === "" && this.#row.length === 0) return [];
    this.#endField();
    return [this.#takeRow()];
  }

  #endField(): void {
    this.#row.push(this.#field.endsWith("\r") ? this.#field.slice(0, -1) : this.#field);
    this.#field = "";
  }

  #takeRow(): string[] {
    const row = this.#row;
    this.#row = [];
    return row;
  }
}
