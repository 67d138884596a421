export interface Line {
  /** Counting from 1. */
  readonly number: number;
  /** Undefined: longer than the limit; its text was not kept. */
  readonly text: string | undefined;
}

/** Cuts text into lines, never holding more than `maxLength` characters of one. Empty lines are left out. */
export async function* splitLines(chunks: AsyncIterable<string>, maxLength: number): AsyncIterable<Line[]> {
  let rest = "";
  let tooLong = false;
  let number = 0;
  const finish = (text: string): Line[] => {
    number++;
    const line: Line = { number, text: tooLong || text.length > maxLength ? undefined : text };
    tooLong = false;
    return line.text?.trim() === "" ? [] : [line];
  };
  for await (const chunk of chunks) {
    const pieces = chunk.split("\n");
    const lines: Line[] = [];
    for (const [index, piece] of pieces.entries()) {
      rest += piece;
      if (index < pieces.length - 1) {
        lines.push(...finish(rest));
        rest = "";
      } else if (rest.length > maxLength) {
        tooLong = true;
        rest = "";
      }
    }
    yield lines;
  }
  if (rest !== "" || tooLong) yield finish(rest);
}
