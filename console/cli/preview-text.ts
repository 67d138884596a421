import type { PreviewAnswer, PreviewExample, PreviewedDefinition, PreviewFigure } from "#events/admin-api/preview.ts";
import { groupDigits, padText, printable } from "./spell.ts";
import { isMet, spellEvidence, spellGap } from "./spell-evidence.ts";
import type { Terminal } from "./terminal.ts";

type Colours = Terminal["outColours"];
const SIGNS = { create: "+", replace: "~", remove: "-", depends: "·" } as const;

/** What a change would do to people, for a reader: figures with their margin, a matrix for each ladder, people who show it. */
export function renderPreview(answer: PreviewAnswer, c: Colours): string[] {
  const { definitions, population, complete, notes, version } = answer;
  const everyone = complete
    ? `${groupDigits(population.people)} people, all looked at`
    : `about ${groupDigits(population.people)} people, ${groupDigits(population.seen)} looked at`;
  const lines = [`${c.bold(everyone)}  ${c.dim(`compared with version ${version}, which is in force`)}`];
  if (definitions.length === 0) lines.push("  Nothing that decides about people would change.");
  for (const definition of definitions) lines.push("", ...renderDefinition(definition, complete, c));
  lines.push("");
  if (!complete) lines.push(c.dim("  In brackets: where the number lies in 95 of 100 samples."));
  for (const { message } of notes) lines.push(`  ${c.yellow("!")} ${printable(message)}`);
  lines.push(c.dim("  Nothing was written."));
  return lines;
}

function renderDefinition(definition: PreviewedDefinition, complete: boolean, c: Colours): string[] {
  const { kind, name, op, through, before, after, enter, leave, move, matrix, examples } = definition;
  const figure = (number: PreviewFigure) => spellFigure(number, complete, c);
  const depends = op === "depends" ? c.dim(`  unchanged, rests on ${through.map(printable).join(", ")}`) : "";
  const lines = [`${SIGNS[op]} ${kind} ${c.bold(printable(name))}${depends}`];
  if (matrix) lines.push(...renderMatrix(matrix, c));
  else lines.push(`    ${figure(before)} → ${figure(after)}`);
  const ways = [
    ["enter", c.green("enter"), enter, examples.enter],
    ["leave", c.red("leave"), leave, examples.leave],
    ["move", c.yellow("move"), move, examples.move],
  ] as const;
  for (const [way, shown, number, people] of ways) {
    if (number.high === 0 || (way === "move" && kind !== "ladder" && number.seen === 0)) continue;
    lines.push(`    ${shown} ${figure(number)}`);
    for (const person of people) lines.push(...renderExample(person, way === "move" || kind === "ladder", c));
  }
  return lines;
}

function spellFigure({ people, low, high }: PreviewFigure, complete: boolean, c: Colours): string {
  const number = c.bold(groupDigits(people));
  return complete || low === high ? number : `${number} ${c.dim(`(${groupDigits(low)}–${groupDigits(high)})`)}`;
}

function renderExample(
  { profileId, identifier, from, to, because }: PreviewExample,
  ways: boolean,
  c: Colours,
): string[] {
  const move = ways ? `  ${shortKey(from)} → ${shortKey(to)}` : "";
  return [
    `      ${printable(identifier ?? profileId)}${move}`,
    ...because.slice(0, 3).map((evidence) => {
      const gap = spellGap(evidence);
      const text = `${spellEvidence(evidence)}${gap === "" ? "" : `: ${gap}`}`;
      return c.dim(`        ${isMet(evidence) ? "✔" : "✘"} ${text}`);
    }),
  ];
}

function shortKey(key: string | null): string {
  return key === null ? "–" : printable(key.slice(key.indexOf("=") + 1));
}

/** A row for where people stand, a column for where they would. */
function renderMatrix({ tiers, people }: NonNullable<PreviewedDefinition["matrix"]>, c: Colours): string[] {
  const names = tiers.map((tier) => (tier === null ? "–" : printable(tier)));
  const cells = people.map((row) => row.map((number) => (number.people === 0 ? "·" : groupDigits(number.people))));
  const first = Math.max(...names.map((name) => name.length), "from \\ to".length);
  const widths = names.map((name, column) => Math.max(name.length, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (texts: readonly string[]) => texts.map((text, n) => text.padStart(widths[n] ?? 0)).join("  ");
  return [
    `    ${c.dim(`${padText("from \\ to", first)}  ${line(names)}`)}`,
    ...cells.map((row, n) => `    ${c.dim(padText(names[n] ?? "", first))}  ${line(row)}`),
  ];
}
