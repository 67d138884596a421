import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FileRow } from "#domain/imports/file-row.ts";
import { type CsvHeader, readCsv } from "#domain/imports/read-csv.ts";
import { readNdjson } from "#domain/imports/read-ndjson.ts";

async function* cut(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const size = sizes[n % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function collect(rows: AsyncIterable<FileRow[]>): Promise<FileRow[]> {
  const all: FileRow[] = [];
  for await (const some of rows) all.push(...some);
  return all;
}

const cell = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.constantFrom("", '"', '""', "a\nb", "a\r\nb", ",", "上海", "𠮷", " padded "),
);
/** Whatever cannot be in a file: a NUL is no text, and half a character has no UTF-8. */
const writable = cell.filter((text) => !text.includes("\u0000") && text.isWellFormed() && !/\r(?!\n)/.test(text));
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });

function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

describe("rows of a file", () => {
  test("CSV: are what was written, however the bytes are cut and wherever reading goes on", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(writable, writable), { minLength: 1, maxLength: 12 }),
        fc.constantFrom("\n", "\r\n"),
        fc.boolean(),
        sizes,
        sizes,
        async (table, lineBreak, bom, first, second) => {
          const text = [["a", "b"], ...table].map((row) => row.map(quote).join(",") + lineBreak).join("");
          const bytes = Buffer.from((bom ? "\ufeff" : "") + text);
          let header: CsvHeader | undefined;
          const file = { columns: ["b", "a"], delimiter: "," };
          const whole = await collect(
            readCsv(cut(bytes, first), file, { offset: 0, row: 0 }, (found) => {
              header = found;
            }),
          );
          expect(whole.map(({ values }) => values)).toEqual(table.map(([a, b]) => [b, a]));
          for (const [index, { end, row }] of whole.entries()) {
            const from = { offset: end, row };
            const rest = await collect(
              readCsv(cut(bytes.subarray(end), second), { ...file, ...(header && { header }) }, from),
            );
            expect(rest).toEqual(whole.slice(index + 1));
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  test("NDJSON: are what was written, however the bytes are cut and wherever reading goes on", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.jsonValue(), fc.boolean()), { minLength: 1, maxLength: 12 }),
        sizes,
        sizes,
        async (values, first, second) => {
          const text = values.map(([a, gap]) => `${JSON.stringify({ a })}\n${gap ? "\n" : ""}`).join("");
          const bytes = Buffer.from(text);
          const whole = await collect(readNdjson(cut(bytes, first), ["a"], { offset: 0, row: 0 }));
          expect(whole.map((row) => row.values)).toEqual(values.map(([a]) => [JSON.parse(JSON.stringify(a))]));
          for (const [index, { end, row }] of whole.entries()) {
            const from = { offset: end, row };
            const rest = await collect(readNdjson(cut(bytes.subarray(end), second), ["a"], from));
            expect(rest).toEqual(whole.slice(index + 1));
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
