import { type Plot, runSeed } from "./run-seed.ts";

const MAX_LINES = 120;

/** Plays a plot once more and writes down what happens: its last lines, which laws it breaks, how to see it again.
 *  Reads are left out unless `whole`. */
export async function tellStory(plot: Plot, { whole = false } = {}): Promise<string[]> {
  const lines: string[] = [];
  const isTold = (line: string) => whole || line.includes("⚡") || !/ (?:reads|Query|Scan|GetObject) /.test(line);
  const { violations } = await runSeed({ ...plot, tell: (line) => isTold(line) && lines.push(line) });
  const told = whole ? lines : lines.slice(-MAX_LINES);
  const left = lines.length - told.length;
  return [
    `seed ${plot.seed}${plot.without?.size ? `, without ${[...plot.without].join(" ")}` : ""}`,
    ...(left > 0 ? [`  (${left} lines before)`] : []),
    ...told.map((line) => `  ${line}`),
    ...violations.slice(0, 5).map(({ law, what }) => `  ✗ ${law}: ${what}`),
    ...(violations.length > 5 ? [`  ✗ and ${violations.length - 5} more`] : []),
    ...(violations.length === 0 ? ["  ✓ no violation"] : []),
  ];
}
