import { describe, expect, test } from "vitest";
import type { MetricFigure, MetricSeries } from "#events/admin-api/metrics.ts";
import { startFakeServer } from "../fake-server.ts";
import { runStrata } from "../run-strata.ts";

const AT = "2026-03-01T01:15:00.000Z";
const figure = (day: string, value: number, more: Partial<MetricFigure> = {}): MetricFigure => ({
  day,
  dimension: null,
  value,
  exact: true,
  at: AT,
  ...more,
});
function series(items: MetricFigure[], more: Partial<MetricSeries> = {}): MetricSeries {
  const range = { from: "2026-02-01", to: "2026-02-28" };
  return { metric: "people", unit: "people", currency: null, by: "everyone", ...range, items, cursor: null, ...more };
}
const startSeries = (name: string, answer: MetricSeries) =>
  startFakeServer({ [`GET /admin/v1/metrics/${name}`]: () => ({ body: answer }) });

describe("metrics", () => {
  test("are listed with what they mean", async () => {
    const items = [{ metric: "buyers", unit: "people", definition: "People with an order.", by: ["everyone", "tier"] }];
    await using server = await startFakeServer({ "GET /admin/v1/metrics": () => ({ body: { items, cursor: null } }) });
    const { stdout, exitCode } = await runStrata(["metrics", "--url", server.url]);
    expect(exitCode).toBe(0);
    expect(stdout).toBe("buyers  people, by everyone, tier\n  People with an order.\n");
    const { stdout: json } = await runStrata(["metrics", "--json", "--url", server.url]);
    expect(JSON.parse(json)).toEqual({ items, cursor: null });
  });

  test("show their figures day by day, and which are not exact", async () => {
    const answer = series([figure("2026-02-27", 1_200), figure("2026-02-28", 9, { exact: false })]);
    await using server = await startSeries("people", answer);
    const { stdout } = await runStrata(["metrics", "people", "--url", server.url]);
    expect(stdout.trimEnd().split("\n")).toEqual([
      "people  2026-02-01 to 2026-02-28, by everyone",
      "  2026-02-27  1,200",
      "  2026-02-28      9  not exact",
      "  as of 2026-03-01 01:15 UTC",
    ]);
  });

  test("by a dimension say the day once, and of how many a rate is", async () => {
    const of = (dimension: string, value: number, base: number) => figure("2026-02-28", value, { dimension, base });
    const items = [of("tier:value=高", 0.5, 4), of("tier:value=low", 1 / 3, 1_200)];
    await using server = await startSeries("repurchase-rate", series(items, { unit: "rate", by: "tier" }));
    const { stdout } = await runStrata(["metrics", "repurchase-rate", "--by", "tier", "--url", server.url]);
    expect(stdout.split("\n").slice(1, 3)).toEqual([
      "  2026-02-28  tier:value=高   50.0%  of 4",
      "              tier:value=low  33.3%  of 1,200",
    ]);
    expect(server.requests[0]?.query.get("by")).toBe("tier");
  });

  test.each([
    [{ unit: "money", currency: "GBP" } as const, 123_456, "£1,234.56"],
    [{ unit: "money", currency: "JPY" } as const, 1_500, "JP¥1,500"],
    [{ unit: "days" } as const, 12.34, "12.3"],
    [{ unit: "rate" } as const, 0, "0.0%"],
  ])("are spelt as their unit wants: %j", async (unit, value, spelt) => {
    await using server = await startSeries("m", series([figure("2026-02-28", value)], unit));
    expect((await runStrata(["metrics", "m", "--url", server.url])).stdout).toContain(`2026-02-28  ${spelt}\n`);
  });

  test("of days that nobody has counted are nothing, and that is said", async () => {
    await using server = await startSeries("people", series([]));
    const { stdout } = await runStrata(["metrics", "people", "--url", server.url]);
    expect(stdout).toContain("nothing was counted on these days: a re-tiering run does that");
  });

  test("are read page after page up to the limit", async () => {
    await using server = await startFakeServer({
      "GET /admin/v1/metrics/people": ({ query }) => ({
        body: query.has("cursor")
          ? series([figure("2026-02-02", 2)], { cursor: "third" })
          : series([figure("2026-02-01", 1)], { cursor: "second" }),
      }),
    });
    const all = ["metrics", "people", "--from", "2026-02-01", "--dimension", "D7", "--limit", "2", "--url", server.url];
    const { stdout } = await runStrata([...all, "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ items: [{ value: 1 }, { value: 2 }], cursor: "third" });
    expect(server.requests.map(({ query }) => Object.fromEntries(query))).toEqual([
      { from: "2026-02-01", dimension: "D7", limit: "2" },
      { from: "2026-02-01", dimension: "D7", limit: "1", cursor: "second" },
    ]);
    expect((await runStrata(all)).stdout).toContain("more: --limit, or fewer days");
  });

  test.each([
    [["metrics", "--from", "2026-02-01"]],
    [["metrics", "people", "--to", "soon"]],
    [["metrics", "people", "--limit", "0"]],
    [["metrics", "people", "extra"]],
  ])("%j is a usage error", async (argv) => {
    await using server = await startSeries("people", series([]));
    expect((await runStrata([...argv, "--url", server.url])).exitCode).toBe(2);
  });

  test("say what the server refuses", async () => {
    const details = { by: ["everyone"] };
    const body = { code: "by_unknown", message: 'people is not kept by "tier"', details, requestId: "r" };
    await using server = await startFakeServer({ "GET /admin/v1/metrics/people": () => ({ status: 400, body }) });
    const ran = await runStrata(["metrics", "people", "--by", "tier", "--url", server.url]);
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain("everyone");
  });
});
