import * as z from "zod";
import type { DefinitionPage } from "#events/admin-api/definitions.ts";
import type { LadderDistribution, LadderMigration } from "#events/admin-api/ladders.ts";
import { groupDigits, padText, printable, spellInstant, textWidth } from "./spell.ts";
import type { Terminal } from "./terminal.ts";

const BAR_WIDTH = 24;
const NEWLY = "(newly)";

type Colours = Terminal["outColours"];
type Titled = Pick<LadderDistribution["tiers"][number], "title">;

/** `Lifecycle 生命周期`: what a title has, or nothing. */
function titleOf({ title }: Titled): string {
  return [title?.en, title?.zh].flatMap((text) => (text === undefined ? [] : printable(text))).join(" ");
}

/** Columns as wide as their widest cell. */
function alignLeft(cells: readonly string[]): string[] {
  const width = Math.max(0, ...cells.map(textWidth));
  return cells.map((cell) => padText(cell, width));
}

function alignRight(cells: readonly string[]): string[] {
  const width = Math.max(0, ...cells.map(textWidth));
  return cells.map((cell) => " ".repeat(width - textWidth(cell)) + cell);
}

const Ladder = z.object({
  title: z.object({ en: z.string(), zh: z.string() }).partial().optional(),
  tiers: z.array(z.object({ name: z.string() })),
});

/** The ladders that there are, each with its tiers, the best first. */
export function renderLadders(definitions: DefinitionPage["items"], c: Colours): string[] {
  if (definitions.length === 0)
    return ["There is no ladder yet: `strata apply <folder>` makes those of a folder true."];
  const ladders = definitions.map(({ definition }) => Ladder.parse(definition));
  const names = alignLeft(definitions.map(({ name }) => printable(name)));
  const titles = alignLeft(ladders.map(titleOf));
  return ladders.map(({ tiers }, n) => {
    const row = [c.bold(names[n] ?? ""), titles[n], tiers.map(({ name }) => printable(name)).join(", ")];
    return row.filter((cell) => cell !== "").join("  ");
  });
}

/** People by tier, the best first, each with its share and a bar. */
export function renderDistribution(answer: LadderDistribution, c: Colours): string[] {
  const names = alignLeft(answer.tiers.map(({ tier }) => printable(tier)));
  const titles = alignLeft(answer.tiers.map(titleOf));
  const counts = alignRight(answer.tiers.map(({ people, atLeast }) => groupDigits(people) + (atLeast ? "+" : "")));
  const shares = alignRight(answer.tiers.map(({ people }) => percentOf(people, answer.people)));
  const most = Math.max(1, ...answer.tiers.map(({ people }) => people));
  const rows = answer.tiers.map(({ people }, n) => {
    const bar = "█".repeat(people === 0 ? 0 : Math.max(1, Math.round((people / most) * BAR_WIDTH)));
    const row = [names[n], titles[n], counts[n], shares[n]].filter((cell) => cell !== "").join("  ");
    return people === 0 ? c.dim(`  ${row}`) : `  ${row}  ${c.cyan(bar)}`;
  });
  const head = [c.bold(printable(answer.ladder)), titleOf(answer), `${groupDigits(answer.people)} people`];
  const basis = answer.exact
    ? `exact, as of ${spellInstant(answer.asOf)}`
    : `not exact: nobody has been counted yet; read from the index of members at ${spellInstant(answer.asOf)}`;
  return [head.filter((part) => part !== "").join("  "), ...rows, c.dim(`  ${basis}`)];
}

function percentOf(part: number, whole: number): string {
  return whole === 0 ? "–" : `${((100 * part) / whole).toFixed(1)}%`;
}

/** Moves as a matrix: from the row's tier to the column's, and under it what each column's tier gained or lost. */
export function renderMigration(answer: LadderMigration, c: Colours): string[] {
  const head = `${c.bold("Moves")} from ${answer.from} to ${answer.to}`;
  const basis = spellBasis(answer, c);
  if (answer.moves.length === 0) return [head, c.dim("  none"), ...basis];
  const tiers = answer.tiers.map(({ tier }) => tier);
  const made = new Map(answer.moves.map(({ from, to, moves }) => [`${from ?? ""} ${to}`, moves]));
  const rows = [null, ...tiers].filter((from) => from !== null || answer.moves.some((move) => move.from === null));
  const cellOf = (from: string | null, to: string) =>
    groupDigits(made.get(`${from ?? ""} ${to}`) ?? 0).replace(/^0$/, "·");
  const columns = answer.tiers.map(({ tier, net }) =>
    alignRight([printable(tier), ...rows.map((from) => cellOf(from, tier)), signed(net)]),
  );
  const labels = alignLeft(["from \\ to", ...rows.map((from) => printable(from ?? NEWLY)), "net"]);
  const lines = labels.map((label, n) => `  ${[label, ...columns.map((column) => column[n] ?? "")].join("  ")}`);
  return [head, ...lines.map((line, n) => (n === 0 ? c.dim(line) : line)), ...basis];
}

function signed(net: number): string {
  return net > 0 ? `+${groupDigits(net)}` : groupDigits(net);
}

function spellBasis({ exact, uncountedDays, asOf }: LadderMigration, c: Colours): string[] {
  if (asOf === null) return [c.dim("  nobody has been counted on these days: a re-tiering run does that")];
  const missing = uncountedDays === 0 ? "" : `; ${groupDigits(uncountedDays)} of these days were not counted`;
  return [c.dim(`  ${exact ? "exact" : "not exact"}, as of ${spellInstant(asOf)}${missing}`)];
}
