import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { CliError } from "../cli-error.ts";
import { shortPath } from "../short-path.ts";
import { type Fault, parseFile, type WrittenDefinition } from "./parse-file.ts";

/** Far more than anybody writes by hand; a generated file of this size is a mistake. */
const MAX_FILE_BYTES = 384 * 1024;

/** Reads every `*.yaml` and `*.yml` below `folder` (links to folders are not followed), in order of their names.
 *  Throws CliError `definitions_faulty` that lists every fault with its file and line. */
export async function readFolder(folder: string): Promise<WrittenDefinition[]> {
  return readFiles(await findFiles(folder));
}

/** The same of a folder, or of a single file whatever it is called. */
export async function readFolderOrFile(path: string): Promise<WrittenDefinition[]> {
  const isFile = (await stat(path).catch(() => undefined))?.isFile() === true;
  return isFile ? readFiles([path]) : readFolder(path);
}

async function readFiles(files: readonly string[]): Promise<WrittenDefinition[]> {
  const written: WrittenDefinition[] = [];
  const faults: Fault[] = [];
  for (const file of files) {
    const shown = shortPath(file);
    const { size } = await stat(file);
    if (size > MAX_FILE_BYTES) {
      faults.push({
        file: shown,
        line: 1,
        message: `${size} bytes; a file of definitions has at most ${MAX_FILE_BYTES}`,
      });
      continue;
    }
    const parsed = parseFile(shown, await readFile(file, "utf8"));
    written.push(...parsed.definitions);
    faults.push(...parsed.faults);
  }
  faults.push(...findDuplicates(written));
  if (faults.length > 0) throw definitionsFaulty(faults);
  return written;
}

/** One error for all faults: each on a line that an editor can open. */
export function definitionsFaulty(faults: readonly Fault[]): CliError {
  return new CliError(
    "definitions_faulty",
    `${faults.length} fault${faults.length === 1 ? "" : "s"}; nothing was changed.`,
    {
      lines: faults.map(spellFault),
      details: { faults },
    },
  );
}

function spellFault({ file, line, path, message }: Fault): string {
  return `${file === undefined ? "" : `${file}:${line}  `}${path ? `${path}: ` : ""}${message}`;
}

async function findFiles(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && /\.ya?ml$/i.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CliError("folder_unreadable", `Cannot read ${folder}: ${reason}`, { cause });
  }
}

function findDuplicates(written: readonly WrittenDefinition[]): Fault[] {
  const first = new Map<string, WrittenDefinition>();
  const faults: Fault[] = [];
  for (const definition of written) {
    const key = `${definition.kind} ${definition.name}`;
    const other = first.get(key);
    if (other === undefined) first.set(key, definition);
    else
      faults.push({
        file: definition.file,
        line: definition.line,
        message: `${key} is already in ${other.file}:${other.line}`,
      });
  }
  return faults;
}
