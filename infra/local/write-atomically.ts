import { renameSync, writeFileSync } from "node:fs";

/** Replaces a file so that a reader, or the next process after kill -9, sees the old content or the new and never a half. */
export function writeAtomically(file: string, content: string): void {
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, content, { mode: 0o600 });
  renameSync(temporary, file);
}
