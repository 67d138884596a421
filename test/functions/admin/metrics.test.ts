import { describe, expect, test } from "vitest";
import type { Figure } from "#domain/measure/figure.ts";
import { MetricPage, MetricSeries } from "#events/admin-api/metrics.ts";
import { makeAdminHarness } from "../../support/admin-harness.ts";
import { NOON } from "../../support/people.ts";

const TODAY = Math.floor(NOON / 86_400_000);

async function withFigures(...figures: (Pick<Figure, "metric" | "day"> & Partial<Figure>)[]) {
  const harness = makeAdminHarness();
  await harness.define({ kind: "setting", name: "project", currency: "CNY", timeZone: "Asia/Shanghai" } as never);
  const whole = figures.map((figure) => ({ by: "everyone", dimension: "", value: 1, exact: true, ...figure }));
  await harness.ports.metrics.record(whole, NOON);
  return harness;
}

test("what is measured is listed, with its unit and what it means", async () => {
  const { call } = await withFigures();
  const { status, body } = await call("GET", "/admin/v1/metrics");
  expect(status).toBe(200);
  const { items, cursor } = MetricPage.parse(body);
  expect(cursor).toBeNull();
  expect(items.find(({ metric }) => metric === "stickiness")).toEqual({
    metric: "stickiness",
    unit: "rate",
    definition: "Daily active people / monthly active people.",
    by: ["everyone"],
  });
  expect(items.find(({ metric }) => metric === "retention")?.by).toEqual(["age", "cohort", "tier"]);
});

describe("a series", () => {
  test("is of days, in the project's currency where it is money, with what is exact and when it was counted", async () => {
    const { call } = await withFigures(
      { metric: "daily-revenue", day: TODAY - 2, value: 120_50 },
      { metric: "daily-revenue", day: TODAY - 1, value: 99, exact: false },
      { metric: "daily-revenue", day: TODAY - 40 },
    );
    const { status, body } = await call("GET", "/admin/v1/metrics/daily-revenue");
    expect(status).toBe(200);
    const at = "2026-11-20T12:00:00.000Z";
    expect(MetricSeries.parse(body)).toEqual({
      metric: "daily-revenue",
      unit: "money",
      currency: "CNY",
      by: "everyone",
      from: "2026-10-22",
      to: "2026-11-20",
      items: [
        { day: "2026-11-18", dimension: null, value: 12_050, exact: true, at },
        { day: "2026-11-19", dimension: null, value: 99, exact: false, at },
      ],
      cursor: null,
    });
  });

  test("is by the metric's first kind of dimension, or by the one that is asked for", async () => {
    const { call } = await withFigures(
      { metric: "retention", by: "age", day: TODAY - 1, dimension: "D1", value: 0.5, base: 4 },
      { metric: "retention", by: "tier", day: TODAY - 1, dimension: "tier:v=high D1", value: 0.25, base: 8 },
      { metric: "retention", by: "tier", day: TODAY - 1, dimension: "tier:v=low D1", value: 0.75, base: 8 },
    );
    const get = async (query: string) =>
      MetricSeries.parse((await call("GET", `/admin/v1/metrics/retention${query}`)).body);
    expect(await get("")).toMatchObject({
      by: "age",
      currency: null,
      items: [{ dimension: "D1", value: 0.5, base: 4 }],
    });
    expect((await get("?by=tier")).items).toHaveLength(2);
    expect((await get("?by=tier&dimension=tier:v%3Dlow%20D1")).items).toMatchObject([{ value: 0.75 }]);
    expect((await get("?by=cohort")).items).toEqual([]);
  });

  test("ends today, which is the project's and not UTC's", async () => {
    const { call, state } = await withFigures();
    state.now = Date.UTC(2026, 10, 20, 17);
    expect((await call("GET", "/admin/v1/metrics/people")).body).toMatchObject({
      from: "2026-10-23",
      to: "2026-11-21",
    });
  });

  test("comes in pages that end where a day does", async () => {
    const days = Array.from({ length: 100 }, (_, n) => TODAY - 99 + n);
    const { call } = await withFigures(
      ...days.flatMap((day) =>
        ["a", "b", "c"].map((tag) => ({ metric: "members", by: "membership", day, dimension: `tag:${tag}` }) as const),
      ),
    );
    const pages: MetricSeries["items"][] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const more: string = cursor === "" ? "" : `&cursor=${cursor}`;
      const { body } = await call("GET", `/admin/v1/metrics/members?from=2026-08-13&to=2026-11-20&limit=100${more}`);
      const page = MetricSeries.parse(body);
      pages.push(page.items);
      cursor = page.cursor;
    }
    expect(pages.map(({ length }) => length)).toEqual([99, 99, 99, 3]);
    const each = pages.flat().map(({ day, dimension }) => `${day} ${dimension}`);
    expect(new Set(each).size).toBe(300);
    expect(each).toEqual(each.toSorted((a, b) => (a < b ? -1 : 1)));
    const whole = await call("GET", "/admin/v1/metrics/members?limit=1");
    expect(MetricSeries.parse(whole.body).items).toHaveLength(3);
  });

  test.each([
    ["people?from=2026-11-20&to=2026-11-19", 400, "range_invalid"],
    ["people?from=2020-01-01", 400, "range_invalid"],
    ["people?from=2026-13-01", 400, "request_invalid"],
    ["people?by=tier", 400, "by_unknown"],
    ["people?cursor=nonsense", 400, "cursor_invalid"],
    ["happiness", 404, "metric_unknown"],
    ["toString", 404, "metric_unknown"],
  ])("refuses %s", async (path, status, code) => {
    const { call } = await withFigures();
    expect(await call("GET", `/admin/v1/metrics/${path}`)).toMatchObject({ status, body: { code } });
  });

  test("takes no cursor of another series", async () => {
    const { call } = await withFigures(
      { metric: "people", day: TODAY - 1 },
      { metric: "people", day: TODAY },
      { metric: "buyers", day: TODAY },
    );
    const { body } = await call("GET", "/admin/v1/metrics/people?limit=1");
    expect(MetricSeries.parse(body).items).toHaveLength(1);
    const answer = await call("GET", `/admin/v1/metrics/buyers?cursor=${String(body.cursor)}`);
    expect(answer).toMatchObject({ status: 400, body: { code: "cursor_invalid" } });
  });
});
