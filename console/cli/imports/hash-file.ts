import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { CliError } from "../cli-error.ts";

/** SHA-256 and size of a file, in little memory. Throws CliError `file_unreadable`. */
export async function hashFile(path: string): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(path)) {
      hash.update(chunk as Buffer);
      bytes += (chunk as Buffer).length;
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CliError("file_unreadable", `Cannot read ${path}: ${reason}`, { cause });
  }
  return { sha256: hash.digest("hex"), bytes };
}
