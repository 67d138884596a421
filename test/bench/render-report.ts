import { type Figure, type Goal, isMet, type Report, type Table } from "./benchmark.ts";

/** A report as tables in Markdown, which read well in a terminal too. */
export function renderReport(title: string, { figures, tables = [], notes }: Report): string {
  const parts = [
    renderTable({ title, columns: ["figure", "value", "goal", ""], rows: figures.map(figureRow) }),
    ...tables.map(renderTable),
    notes.map((note) => `- ${note}`).join("\n"),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function figureRow({ name, value, unit, goal }: Figure): string[] {
  const spelt = unit === undefined ? spell(value) : `${spell(value)} ${unit}`;
  return [name, spelt, goal ? spellGoal(goal) : "", goal ? (isMet(value, goal) ? "met" : "MISSED") : ""];
}

function spellGoal(goal: Goal): string {
  if ("atLeast" in goal) return `≥ ${spell(goal.atLeast)}`;
  if ("atMost" in goal) return `≤ ${spell(goal.atMost)}`;
  return `= ${spell(goal.exactly)}`;
}

/** Three significant digits or, from 100 on, whole numbers in groups. */
function spell(value: number | string): string {
  if (typeof value === "string") return value;
  if (Number.isInteger(value) || Math.abs(value) >= 100) return Math.round(value).toLocaleString("en-GB");
  return String(Number(value.toPrecision(3)));
}

function renderTable({ title, columns, rows }: Table): string {
  const cells = [columns, ...rows.map((row) => row.map(spell))];
  const widths = columns.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const isNumeric = columns.map((_, column) => rows.every((row) => typeof row[column] === "number"));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, n) => (isNumeric[n] ? cell.padStart(widths[n] ?? 0) : cell.padEnd(widths[n] ?? 0))).join(" | ")} |`;
  const rule = `|${widths.map((width, n) => (isNumeric[n] ? `${"-".repeat(width + 1)}:` : "-".repeat(width + 2))).join("|")}|`;
  const [head = [], ...body] = cells;
  return [`### ${title}`, "", line(head), rule, ...body.map(line)].join("\n");
}
