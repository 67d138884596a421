import { open } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import { CliError } from "./cli-error.ts";

export interface OpenedText {
  /** The text in pieces, cut anywhere between characters. */
  readonly chunks: AsyncIterable<string>;
  /** Size of the file on disk. */
  readonly totalBytes: number;
  /** How much of the file the chunks so far came from, for a progress bar. */
  readBytes(): number;
}

/** Opens a UTF-8 file for streaming; gzip is recognised by its magic bytes, whatever the file is called.
 *  Throws CliError `file_unreadable` where there is no such file. Memory use does not depend on its size. */
export async function openText(path: string): Promise<OpenedText> {
  try {
    const file = await open(path, "r");
    const { size } = await file.stat();
    const magic = Buffer.alloc(2);
    await file.read(magic, 0, 2, 0);
    const isGzip = magic[0] === 0x1f && magic[1] === 0x8b;
    const raw = file.createReadStream({ start: 0 });
    if (!isGzip) return { chunks: decode(raw, path), totalBytes: size, readBytes: () => raw.bytesRead };
    const gunzip = createGunzip();
    raw.on("error", (error) => gunzip.destroy(error));
    return { chunks: decode(raw.pipe(gunzip), path), totalBytes: size, readBytes: () => gunzip.bytesWritten };
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

async function* decode(bytes: AsyncIterable<Buffer | string>, path: string): AsyncIterable<string> {
  const decoder = new TextDecoder("utf-8");
  try {
    for await (const chunk of bytes) yield decoder.decode(Buffer.from(chunk), { stream: true });
  } catch (cause) {
    throw unreadable(path, cause);
  }
  yield decoder.decode();
}

function unreadable(path: string, cause: unknown): CliError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new CliError("file_unreadable", `Cannot read ${path}: ${reason}`, { cause });
}
