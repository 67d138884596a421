import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

export const root = path.resolve(import.meta.dirname, "../..");

/** A Markdown file as far as a test of documents has to know it. */
export interface Document {
  /** From the repository's root. */
  readonly file: string;
  readonly text: string;
  /** The text without fenced code. */
  readonly prose: string;
  readonly blocks: readonly { readonly language: string; readonly code: string }[];
  readonly headings: readonly { readonly level: number; readonly title: string }[];
  /** Where links and images of the prose lead. */
  readonly links: readonly string[];
}

const FENCED = /^```(\S*)[^\n]*\n(.*?)^```$/gms;

export function readDocument(file: string): Document {
  const text = readFileSync(path.join(root, file), "utf8");
  const blocks = Array.from(text.matchAll(FENCED), ([, language = "", code = ""]) => ({ language, code }));
  const prose = text.replace(FENCED, "");
  const headings = Array.from(prose.matchAll(/^(#{1,6}) (.+)$/gm), ([, marks = "", title = ""]) => ({
    level: marks.length,
    title,
  }));
  const links = Array.from(prose.matchAll(/\]\(([^()\s]+)\)/g), ([, target = ""]) => target);
  return { file, text, prose, blocks, headings, links };
}

/** Whether a link of the document leads to a file that there is, and to a heading of it. */
export function leadsSomewhere(document: Document, link: string): boolean {
  const [target = "", anchor] = link.split("#", 2);
  const file = target === "" ? document.file : path.join(path.dirname(document.file), target);
  if (!existsSync(path.join(root, file))) return false;
  if (anchor === undefined) return true;
  return readDocument(file).headings.some(({ title }) => anchorOf(title) === decodeURIComponent(anchor));
}

/** The anchor that GitHub gives a heading: letters and digits of any script, `-` for a space, nothing for punctuation. */
function anchorOf(title: string): string {
  return title
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}_\- ]/gu, "")
    .replaceAll(" ", "-");
}
