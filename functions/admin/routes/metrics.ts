import * as z from "zod";
import { isMetric, METRICS, type Metric, type MetricName } from "#domain/measure/catalogue.ts";
import type { MetricStore, RecordedFigure, SeriesKey } from "#domain/ports/metric-store.ts";
import { writeInstant } from "#events/admin-api/answer.ts";
import { dayRangeQuery, writeDay } from "#events/admin-api/calendar-days.ts";
import { type MetricFigure, MetricPage, MetricSeries } from "#events/admin-api/metrics.ts";
import { pageQuery } from "#events/admin-api/page-query.ts";
import { AdminError } from "../admin-error.ts";
import { readCursor, writeCursor } from "../cursor.ts";
import { type DayRange, readDayRange } from "../day-range.ts";
import { defineRoute } from "../route.ts";

/** Days that are read at once. */
const DAYS_A_READ = 32;

const tag = "Metrics";

export const listMetrics = defineRoute({
  method: "GET",
  path: "/admin/v1/metrics",
  role: "viewer",
  tag,
  summary: "List what is measured, and what each measure means",
  answers: { 200: { description: "Every metric.", schema: MetricPage } },
  handle: async () => ({
    status: 200,
    body: { items: Object.entries(METRICS).map(([name, metric]) => ({ metric: name, ...metric })), cursor: null },
  }),
});

export const getMetric = defineRoute({
  method: "GET",
  path: "/admin/v1/metrics/{name}",
  role: "viewer",
  tag,
  summary: "Read the figures of a metric, day by day",
  description: "As re-tiering runs have counted them; a day that none has counted has no figure.",
  params: z.object({ name: z.string().min(1).max(64).meta({ example: "daily-revenue" }) }),
  query: z.object({
    ...dayRangeQuery,
    by: z.string().max(64).optional().meta({ description: "One of the metric's `by`.", example: "tier" }),
    dimension: z.string().max(512).optional().meta({ description: "Only this one.", example: "tier:value=high" }),
    ...pageQuery({ default: 1_000, max: 5_000 }),
  }),
  answers: { 200: { description: "Figures by day. A page ends where a day does.", schema: MetricSeries } },
  refusals: { 400: "range_invalid, by_unknown", 404: "metric_unknown" },
  async handle({ params, query, now }, ports) {
    const { name, metric } = findMetric(params.name);
    const by = query.by ?? metric.by[0] ?? "";
    if (!metric.by.includes(by)) throw unknownBy(name, metric, by);
    const { calendar, project } = await ports.inForce();
    const range = readDayRange(query, calendar.dayOf(now));
    const list = `metric ${name} ${by}`;
    const from = readCursor(list, query.cursor, z.int().min(range.from).max(range.to)) ?? range.from;
    const { items, next } = await readPage({ metric: name, by }, { ...range, from }, query, ports.metrics);
    return {
      status: 200,
      body: {
        metric: name,
        unit: metric.unit,
        currency: metric.unit === "money" ? project.currency : null,
        by,
        from: writeDay(range.from),
        to: writeDay(range.to),
        items,
        cursor: next === undefined ? null : writeCursor(list, next),
      },
    };
  },
});

/** Throws AdminError 404 `metric_unknown`, naming those that there are. */
function findMetric(name: string): { name: MetricName; metric: Metric } {
  if (isMetric(name)) return { name, metric: METRICS[name] };
  throw new AdminError(404, "metric_unknown", `there is no metric ${JSON.stringify(name)}`, {
    details: { metrics: Object.keys(METRICS) },
  });
}

function unknownBy(name: MetricName, { by }: Metric, asked: string): AdminError {
  const message = `${name} is not kept by ${JSON.stringify(asked)}, but by ${by.join(", ")}`;
  return new AdminError(400, "by_unknown", message, {
    details: { faults: [{ path: "query.by", code: "by_unknown", message }], by },
  });
}

/** Whole days until there are enough figures; `next` is the day to go on with. */
async function readPage(
  key: SeriesKey,
  { from, to }: DayRange,
  { dimension, limit }: { readonly dimension?: string | undefined; readonly limit: number },
  metrics: MetricStore,
): Promise<{ items: MetricFigure[]; next?: number }> {
  const items: MetricFigure[] = [];
  for (let first = from; first <= to; first += DAYS_A_READ) {
    const last = Math.min(to, first + DAYS_A_READ - 1);
    const read = await metrics.series(key, { from: first, to: last });
    for (const [day, figures] of Map.groupBy(read, (figure) => figure.day)) {
      const wanted = figures.filter((figure) => dimension === undefined || figure.dimension === dimension);
      if (items.length > 0 && items.length + wanted.length > limit) return { items, next: day };
      items.push(...wanted.map(writeFigure));
    }
  }
  return { items };
}

function writeFigure({ day, dimension, value, base, exact, at }: RecordedFigure): MetricFigure {
  return {
    day: writeDay(day),
    dimension: dimension === "" ? null : dimension,
    value,
    ...(base !== undefined && { base }),
    exact,
    at: writeInstant(at),
  };
}
