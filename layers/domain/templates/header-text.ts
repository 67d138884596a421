/** CR, LF and NUL end or cut a header line; the separators of lines and paragraphs are line breaks to some readers. */
const LINE_BREAKERS = /[\r\n\0\u0085\u2028\u2029]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

/** A text for a header line (subject, name, title) without spaces around it; undefined where it would break the line:
 *  a name with a line break in it could add headers of its own. */
export function readHeaderText(text: string): string | undefined {
  const trimmed = text.trim();
  if (LINE_BREAKERS.test(trimmed)) return undefined;
  return trimmed.replaceAll(CONTROL, "").replaceAll("\t", " ").toWellFormed();
}

/** A text of several lines without control characters; line breaks as `\n`. */
export function readPlainText(text: string): string {
  return text.replaceAll(/\r\n?/g, "\n").replaceAll(CONTROL, "").toWellFormed();
}
