import { type Document, LineCounter, parseAllDocuments } from "yaml";
import { locate } from "./locate.ts";

/** A definition as a file has it. */
export interface WrittenDefinition {
  readonly kind: string;
  readonly name: string;
  readonly definition: Record<string, unknown>;
  readonly file: string;
  /** Of its first line. */
  readonly line: number;
  /** The line of a part of it, such as `rule.all[0].did`; of the nearest part around it where that is not written. */
  lineOf(path: string): number;
}

export interface Fault {
  /** Absent: it is about nothing that a file has. */
  readonly file?: string;
  readonly line?: number;
  readonly path?: string;
  readonly code?: string;
  readonly message: string;
}

/** An alias may stand for a large part of a document: a few levels of them expand to gigabytes. Nobody needs this many. */
const MAX_ALIASES = 100;
/** Faults told of the text of one document. */
const MAX_FAULTS = 20;

/** Parses one file of definitions: several documents, divided by `---`; empty ones are left out. */
export function parseFile(file: string, text: string): { definitions: WrittenDefinition[]; faults: Fault[] } {
  const lines = new LineCounter();
  const definitions: WrittenDefinition[] = [];
  const faults: Fault[] = [];
  for (const document of parseDocuments(text, lines, file, faults)) {
    const startLine = locate(document, lines, "");
    if (document.errors.length > 0) {
      faults.push(...faultsOf(document, lines, file));
      continue;
    }
    const value = readValue(document);
    if ("fault" in value) faults.push({ file, line: startLine, message: value.fault });
    else if (value.definition !== undefined)
      definitions.push({
        ...value.definition,
        file,
        line: startLine,
        lineOf: (path) => locate(document, lines, path),
      });
  }
  return { definitions, faults };
}

function parseDocuments(text: string, lines: LineCounter, file: string, faults: Fault[]): readonly Document.Parsed[] {
  try {
    return [...parseAllDocuments(text, { lineCounter: lines, prettyErrors: false })];
  } catch (cause) {
    // The parser recurses: thousands of nested brackets exhaust the stack before any limit of ours is asked.
    const message = cause instanceof RangeError ? "nested too deeply" : `not YAML: ${firstLine(String(cause))}`;
    faults.push({ file, line: 1, message });
    return [];
  }
}

/** Of what is wrong with the text on one line only the first is told: the rest mostly follows from it. */
function faultsOf(document: Document.Parsed, lines: LineCounter, file: string): Fault[] {
  const byLine = new Map<number, Fault>();
  for (const error of document.errors) {
    const { line } = lines.linePos(error.pos[0]);
    // The parser catches some of its own overflows.
    const message = /call stack/.test(error.message) ? "nested too deeply" : firstLine(error.message);
    if (!byLine.has(line)) byLine.set(line, { file, line, message });
  }
  return [...byLine.values()].slice(0, MAX_FAULTS);
}

type Value = { fault: string } | { definition: Pick<WrittenDefinition, "kind" | "name" | "definition"> | undefined };

function readValue(document: Document.Parsed): Value {
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (cause) {
    if (cause instanceof RangeError) return { fault: "nested too deeply" };
    const { message } = cause as Error;
    const isBomb = /alias count/.test(message);
    return { fault: isBomb ? `aliases that stand for more than ${MAX_ALIASES} copies` : firstLine(message) };
  }
  if (value === null || value === undefined) return { definition: undefined };
  if (typeof value !== "object" || Array.isArray(value))
    return { fault: "a definition is a mapping that begins with `kind:` and `name:`" };
  const definition = value as Record<string, unknown>;
  const { kind, name } = definition;
  if (typeof kind !== "string" || kind === "") return { fault: "kind is missing (source, setting, trait, tag…)" };
  if (typeof name !== "string" || name === "") return { fault: `the name of this ${kind} is missing` };
  return { definition: { kind, name, definition } };
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? text;
}
