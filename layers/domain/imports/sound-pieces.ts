import { ImportError } from "./import-error.ts";

/** Longer lines are no row of anything. */
export const MAX_LINE_BYTES = 1024 * 1024;

const NEWLINE = 0x0a;
const decoder = new TextDecoder("utf-8", { fatal: true });

/** Cuts bytes into pieces of whole lines, each known to be UTF-8, holding one line at most besides the chunk. What is
 *  sound before a faulty line is handed out first, so that whoever reads on knows which row it is. Throws ImportError
 *  `encoding_not_utf8`, `file_not_text` or `row_too_long`, without a row. */
export async function* soundPieces(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array();
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    yield* check(bytes.subarray(0, end));
    // A copy: a view would keep the whole chunk alive.
    rest = bytes.slice(end);
    if (rest.length > MAX_LINE_BYTES) throw tooLong();
  }
  yield* check(rest);
}

function* check(piece: Uint8Array): Generator<Uint8Array> {
  if (piece.length === 0) return;
  const fault = faultOf(piece);
  if (!fault) {
    yield piece;
    return;
  }
  // Where, line by line: no character of UTF-8 but the line break itself has its byte.
  for (let start = 0; start < piece.length; ) {
    const end = piece.indexOf(NEWLINE, start) + 1 || piece.length;
    const line = piece.subarray(start, end);
    const own = faultOf(line);
    if (own) throw own;
    yield line;
    start = end;
  }
  throw fault;
}

function faultOf(bytes: Uint8Array): ImportError | undefined {
  if (bytes.includes(0)) return new ImportError("file_not_text", "the file is not text");
  if (hasLongLine(bytes)) return tooLong();
  try {
    decoder.decode(bytes);
    return undefined;
  } catch {
    return new ImportError("encoding_not_utf8", "the file is not in UTF-8: save it as CSV UTF-8");
  }
}

function hasLongLine(bytes: Uint8Array): boolean {
  if (bytes.length <= MAX_LINE_BYTES) return false;
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(NEWLINE, start) + 1 || bytes.length;
    if (end - start > MAX_LINE_BYTES) return true;
    start = end;
  }
  return false;
}

function tooLong(): ImportError {
  return new ImportError("row_too_long", `a line may have ${MAX_LINE_BYTES} bytes`);
}
