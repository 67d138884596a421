import { describe, expect, test } from "vitest";
import type { LadderDistribution, LadderMigration } from "#events/admin-api/ladders.ts";
import { type FakeAnswer, startFakeServer } from "../fake-server.ts";
import { runStrata } from "../run-strata.ts";

const AT = "2026-03-01T01:15:00.000Z";
const distribution: LadderDistribution = {
  ladder: "lifecycle",
  title: { en: "Lifecycle", zh: "生命周期" },
  tiers: [
    { tier: "active", title: { en: "Active", zh: "活跃" }, people: 1_200 },
    { tier: "new", title: { en: "New", zh: "新客户" }, people: 300 },
    { tier: "lost", people: 0 },
  ],
  people: 1_500,
  exact: true,
  asOf: AT,
};
const migration: LadderMigration = {
  ladder: "lifecycle",
  from: "2026-02-01",
  to: "2026-02-28",
  tiers: [
    { tier: "active", title: { en: "Active", zh: "活跃" }, in: 12, out: 3, net: 9 },
    { tier: "new", title: { zh: "新客户" }, in: 1_000, out: 12, net: 988 },
    { tier: "lost", in: 3, out: 0, net: 3 },
  ],
  moves: [
    { from: null, to: "new", moves: 1_000 },
    { from: "active", to: "lost", moves: 3 },
    { from: "new", to: "active", moves: 12 },
  ],
  uncountedDays: 0,
  exact: true,
  asOf: AT,
};

function startServer(
  change: { distribution?: Partial<LadderDistribution>; migration?: Partial<LadderMigration> } = {},
) {
  return startFakeServer({
    "GET /admin/v1/ladders/lifecycle/distribution": () => ({ body: { ...distribution, ...change.distribution } }),
    "GET /admin/v1/ladders/lifecycle/migration": () => ({ body: { ...migration, ...change.migration } }),
  });
}

describe("the tiers of a ladder", () => {
  test("are shown with their titles, people, shares and bars, in columns that Chinese does not push apart", async () => {
    await using server = await startServer();
    const { stdout, exitCode } = await runStrata(["tiers", "lifecycle", "--url", server.url]);
    expect(exitCode).toBe(0);
    expect(stdout.split("\n").slice(0, 5)).toEqual([
      "lifecycle  Lifecycle 生命周期  1,500 people",
      `  active  Active 活跃  1,200  80.0%  ${"█".repeat(24)}`,
      `  new     New 新客户     300  20.0%  ${"█".repeat(6)}`,
      "  lost                     0   0.0%",
      "  exact, as of 2026-03-01 01:15 UTC",
    ]);
  });

  test("are followed by the matrix of moves, newly entered people first, and each tier's net", async () => {
    await using server = await startServer();
    const { stdout } = await runStrata(["tiers", "lifecycle", "--url", server.url]);
    expect(stdout.trimEnd().split("\n").slice(6)).toEqual([
      "Moves from 2026-02-01 to 2026-02-28",
      "  from \\ to  active    new  lost",
      "  (newly)         ·  1,000     ·",
      "  active          ·      ·     3",
      "  new            12      ·     ·",
      "  lost            ·      ·     ·",
      "  net            +9   +988    +3",
      "  exact, as of 2026-03-01 01:15 UTC",
    ]);
  });

  test("of the days that are asked for", async () => {
    await using server = await startServer();
    const days = ["--from", "2026-02-01", "--to", "2026-02-28"];
    const { stdout } = await runStrata(["tiers", "lifecycle", ...days, "--json", "--url", server.url]);
    const asked = server.requests.find(({ path }) => path.endsWith("/migration"))?.query;
    expect(Object.fromEntries(asked ?? [])).toEqual({ from: "2026-02-01", to: "2026-02-28" });
    expect(JSON.parse(stdout)).toEqual({ distribution, migration });
  });

  test("say what they rest on before the first count", async () => {
    await using server = await startServer({
      distribution: {
        exact: false,
        tiers: [{ tier: "active", people: 10_001, atLeast: true }, ...distribution.tiers.slice(1)],
      },
      migration: { moves: [], uncountedDays: 28, exact: false, asOf: null },
    });
    const { stdout } = await runStrata(["tiers", "lifecycle", "--url", server.url]);
    expect(stdout).toContain("10,001+");
    expect(stdout).toContain("not exact: nobody has been counted yet; read from the index of members");
    expect(stdout).toContain("nobody has been counted on these days");
  });

  test("say which days were not counted", async () => {
    await using server = await startServer({ migration: { exact: false, uncountedDays: 12 } });
    const { stdout } = await runStrata(["tiers", "lifecycle", "--url", server.url]);
    expect(stdout).toContain("not exact, as of 2026-03-01 01:15 UTC; 12 of these days were not counted");
  });
});

describe("without a ladder, the ladders are listed", () => {
  const ladder = (name: string, tiers: readonly string[], title?: { en?: string; zh?: string }) => ({
    kind: "ladder",
    name,
    version: 3,
    definition: { kind: "ladder", name, ...(title && { title }), tiers: tiers.map((tier) => ({ name: tier })) },
  });
  const items = [
    ladder("lifecycle", ["active", "new", "lost"], { en: "Lifecycle", zh: "生命周期" }),
    ladder("age-band", ["young", "unknown"]),
  ];

  test("with their titles and their tiers, the best first, from every page", async () => {
    await using server = await startFakeServer({
      "GET /admin/v1/definitions/ladder": ({ query }) =>
        query.get("cursor") === "next"
          ? { body: { items: items.slice(1), cursor: null } }
          : { body: { items: items.slice(0, 1), cursor: "next" } },
    });
    const ran = await runStrata(["tiers", "--url", server.url]);
    expect(ran.exitCode).toBe(0);
    expect(ran.stdout.trimEnd().split("\n")).toEqual([
      "lifecycle  Lifecycle 生命周期  active, new, lost",
      "age-band                       young, unknown",
    ]);
    const { stdout } = await runStrata(["tiers", "--json", "--url", server.url]);
    expect(JSON.parse(stdout)).toEqual({ items });
  });

  test("and where there is none it says how to make one", async () => {
    await using server = await startFakeServer({
      "GET /admin/v1/definitions/ladder": () => ({ body: { items: [], cursor: null } }),
    });
    const { stdout, exitCode } = await runStrata(["tiers", "--url", server.url]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("strata apply <folder>");
  });
});

test("a ladder that is not there is an error that names those that are", async () => {
  const refused: FakeAnswer = {
    status: 404,
    body: {
      code: "ladder_unknown",
      message: 'there is no ladder "x"',
      details: { ladders: ["value"] },
      requestId: "r",
    },
  };
  await using server = await startFakeServer({
    "GET /admin/v1/ladders/x/distribution": () => refused,
    "GET /admin/v1/ladders/x/migration": () => refused,
  });
  const ran = await runStrata(["tiers", "x", "--url", server.url]);
  expect(ran.exitCode).toBe(1);
  expect(ran.stderr).toContain('there is no ladder "x"');
  expect(ran.stderr).toContain("value");
});

test.each([
  [["tiers", "--from", "2026-02-01"]],
  [["tiers", "value", "lifecycle"]],
  [["tiers", "value", "--from", "march"]],
  [["tiers", "value", "--from", "2026-02-30"]],
  [["tiers", "value", "--from", "2026-02-01", "--from", "2026-02-02"]],
])("%j is a usage error", async (argv) => {
  expect((await runStrata(argv)).exitCode).toBe(2);
});
