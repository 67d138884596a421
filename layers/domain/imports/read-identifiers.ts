import { normaliseIdentifier } from "#domain/identity/normalise-identifier.ts";
import { keyOf } from "#domain/identity/plan-claims.ts";
import type { IdentifierKey } from "#domain/profile/state.ts";
import type { ImportRowError } from "#events/admin-api/imports.ts";
import type { FileRow } from "./file-row.ts";

/** How much of a value that is no identifier is shown. */
const SHOWN_CHARACTERS = 40;

export interface ImportColumn {
  readonly column: string;
  readonly identifier: string;
}

/** What a row says of whom it means: identifiers in the order in which they are asked, or why there are none. */
export type RowIdentifiers =
  | { readonly row: number; readonly keys: readonly { readonly key: IdentifierKey; readonly column: string }[] }
  | ImportRowError;

/** Reads a row's identifiers, normalised as collection does it (model.md §2). One that is unusable costs the row only
 *  where no other column has one that is. */
export function readIdentifiers(
  { row, values }: Pick<FileRow, "row" | "values">,
  columns: readonly ImportColumn[],
  region: string,
): RowIdentifiers {
  if (!values) return { row, code: "row_malformed" };
  const keys: { key: IdentifierKey; column: string }[] = [];
  let fault: ImportRowError | undefined;
  for (const [index, { column, identifier }] of columns.entries()) {
    const given = blankAsAbsent(values[index]);
    const read = normaliseIdentifier(identifier, given, region);
    if (read.kind === "value") keys.push({ key: keyOf([identifier, read.value]), column });
    else if (read.kind === "unusable") {
      fault ??= { row, code: read.code, column, ...(typeof given === "string" && { value: showSafely(given) }) };
    }
  }
  if (keys.length > 0) return { row, keys };
  return fault ?? { row, code: "identifier_missing", ...(columns[0] && { column: columns[0].column }) };
}

/** A cell of white space is an empty cell. */
function blankAsAbsent(value: unknown): unknown {
  return typeof value === "string" && value.trim() === "" ? undefined : value;
}

/** The beginning of a text, such that no spreadsheet takes it for a formula
 *  (owasp.org/www-community/attacks/CSV_Injection). */
function showSafely(text: string): string {
  const shown = Array.from(text.trim()).slice(0, SHOWN_CHARACTERS).join("").toWellFormed();
  return /^[=+\-@\t\r|%]/.test(shown) ? `'${shown}` : shown;
}
