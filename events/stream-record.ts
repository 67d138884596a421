import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import * as z from "zod";

/** The data of one Kinesis record: zstd-compressed NDJSON whose first line names what follows and its schema version. */
const Header = z.object({
  kind: z.enum(["events", "facts"]),
  schema: z.literal(1),
  /** When Lambda was first found to have given up on what the record holds, where it was put in again. */
  givenUpSince: z.int().optional(),
});
type Kind = z.infer<typeof Header>["kind"];

/** More than any record of ours can expand to; a record that does is no record of ours. */
const MAX_EXPANDED_BYTES = 32 * 1024 * 1024;

export class StreamRecordError extends Error {
  readonly code = "stream_record_unreadable";
  override readonly name = "StreamRecordError";
}

/** Puts `items` into one record of the given kind. */
export function encodeStreamRecord(
  kind: Kind,
  items: readonly unknown[],
  { givenUpSince }: { readonly givenUpSince?: number | undefined } = {},
): Buffer {
  const lines = [JSON.stringify({ kind, schema: 1, givenUpSince } satisfies z.input<typeof Header>)];
  for (const item of items) lines.push(JSON.stringify(item));
  return zstdCompressSync(lines.join("\n"));
}

/** Reads a record's items back, unvalidated: our own collection validated them. Throws StreamRecordError where the
 *  bytes are not such a record, which no retry can change. */
export function decodeStreamRecord(kind: Kind, data: Uint8Array): unknown[] {
  return readStreamRecord(kind, data).items;
}

/** The same, with what the record says of itself. Throws StreamRecordError. */
export function readStreamRecord(
  kind: Kind,
  data: Uint8Array,
): { readonly items: unknown[]; readonly givenUpSince?: number | undefined } {
  try {
    const text = zstdDecompressSync(data, { maxOutputLength: MAX_EXPANDED_BYTES }).toString("utf8");
    const [head = "", ...lines] = text.split("\n");
    const header = Header.parse(JSON.parse(head));
    if (header.kind !== kind) throw new Error(`a record of ${header.kind}, not of ${kind}`);
    return { items: lines.map((line) => JSON.parse(line) as unknown), givenUpSince: header.givenUpSince };
  } catch (cause) {
    throw new StreamRecordError("not a readable stream record", { cause });
  }
}
