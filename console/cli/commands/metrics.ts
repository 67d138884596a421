import * as z from "zod";
import { type MetricFigure, MetricPage, MetricSeries } from "#events/admin-api/metrics.ts";
import type { ApiClient } from "../api-client.ts";
import { ExitCode, usageError } from "../cli-error.ts";
import { type Command, type CommandContext, connect, readOptions } from "../command.ts";
import { DAY_FLAGS, dayOptions } from "../day-options.ts";
import { OnceText, wholeNumber } from "../option-text.ts";
import { groupDigits, joinToWidth, padText, printable, spellAmount, spellInstant, textWidth } from "../spell.ts";
import type { Terminal } from "../terminal.ts";

const Options = z.object({
  ...dayOptions,
  by: OnceText.optional(),
  dimension: OnceText.optional(),
  limit: wholeNumber(1, 1_000_000).default(1_000),
});
type Options = z.infer<typeof Options>;

/** The most that one page of the API has. */
const PAGE = 5_000;

/** Lists what is measured, or shows the figures of one metric day by day. */
export const metrics: Command = {
  usage: "metrics [name]",
  summary: "List what is measured, or show a metric's figures day by day",
  options: [
    ...DAY_FLAGS,
    ["--by <kind>", "By tier, cohort…: what the list of metrics names"],
    ["--dimension <one>", "Only this one, such as tier:value=high or D7"],
    ["--limit <n>", "How many figures to show, to the end of their day (default: 1000)"],
  ],
  examples: [
    "strata metrics",
    "strata metrics daily-revenue --from 2026-02-01 --to 2026-02-28",
    "strata metrics retention --by cohort --dimension D7",
    "strata metrics repurchase-rate --by tier --json | jq '.items[-1]'",
  ],
  async run([name], rawOptions, context) {
    const options = readOptions(Options, rawOptions);
    const { api } = await connect(context);
    if (name !== undefined) return showMetric(api, name, options, context);
    const { limit: _, ...narrowing } = options;
    if (Object.keys(narrowing).length > 0) throw usageError("Which metric?", "strata metrics lists their names.");
    return listAll(api, context);
  },
};

async function listAll(api: ApiClient, { terminal }: CommandContext): Promise<ExitCode> {
  const page = await api.get("/admin/v1/metrics", MetricPage);
  const c = terminal.outColours;
  for (const { metric, unit, definition, by } of page.items) {
    terminal.print(`${c.bold(printable(metric))}  ${c.dim(`${unit}, by ${by.map(printable).join(", ")}`)}`);
    for (const line of joinToWidth(printable(definition).split(" "), " ", Math.min(terminal.columns, 100) - 2)) {
      terminal.print(`  ${line}`);
    }
  }
  terminal.printJson(page);
  return ExitCode.ok;
}

async function showMetric(
  api: ApiClient,
  name: string,
  { limit, ...query }: Options,
  { terminal }: CommandContext,
): Promise<ExitCode> {
  const path = `/admin/v1/metrics/${encodeURIComponent(name)}`;
  const read = (left: number, cursor?: string) =>
    api.get(path, MetricSeries, { query: { ...query, cursor, limit: String(Math.min(PAGE, left)) } });
  let series = await read(limit);
  const items = [...series.items];
  while (series.cursor !== null && items.length < limit) {
    series = await read(limit - items.length, series.cursor);
    items.push(...series.items);
  }
  for (const line of renderSeries({ ...series, items }, terminal.outColours)) terminal.print(line);
  if (series.cursor !== null) terminal.print(terminal.outColours.dim("  more: --limit, or fewer days"));
  terminal.printJson({ ...series, items });
  return ExitCode.ok;
}

/** One aligned line a figure; the day is said once. */
function renderSeries(series: MetricSeries, c: Terminal["outColours"]): string[] {
  const { metric, by, from, to, items } = series;
  const head = `${c.bold(printable(metric))}  ${c.dim(`${from} to ${to}, by ${printable(by)}`)}`;
  if (items.length === 0) return [head, c.dim("  nothing was counted on these days: a re-tiering run does that")];
  const values = items.map((figure) => spellValue(figure, series));
  const dimensions = items.map(({ dimension }) => printable(dimension ?? ""));
  const valueWidth = Math.max(...values.map(textWidth));
  const dimensionWidth = Math.max(...dimensions.map(textWidth));
  const lines = items.map(({ day, base, exact }, n) => {
    const said = items[n - 1]?.day === day ? " ".repeat(day.length) : day;
    const value = " ".repeat(valueWidth - textWidth(values[n] ?? "")) + (values[n] ?? "");
    const of = base === undefined ? "" : `of ${groupDigits(base)}`;
    const cells = [
      said,
      padText(dimensions[n] ?? "", dimensionWidth),
      value,
      c.dim(of),
      exact ? "" : c.yellow("not exact"),
    ];
    return `  ${cells.filter((cell) => cell !== "").join("  ")}`.trimEnd();
  });
  const newest = items.reduce((at, figure) => (figure.at > at ? figure.at : at), "");
  return [head, ...lines, c.dim(`  as of ${spellInstant(newest)}`)];
}

function spellValue({ value }: MetricFigure, { unit, currency }: MetricSeries): string {
  if (unit === "money") return spellAmount({ amount: value, currency: currency ?? "" });
  if (unit === "rate") return `${(value * 100).toFixed(1)}%`;
  return Number.isInteger(value) ? groupDigits(value) : groupDigits(Math.round(value * 10) / 10);
}
