import { describe, expect, test } from "vitest";
import { RetierRun } from "#events/admin-api/retier.ts";
import { type FakeAnswer, startFakeServer } from "../fake-server.ts";
import { runStrata } from "../run-strata.ts";

function aRun(changed: Partial<RetierRun> = {}): RetierRun {
  return {
    runId: "run-1",
    status: "running",
    reason: "request",
    by: "ann",
    startedAt: "2026-03-01T01:15:00.000Z",
    finishedAt: null,
    phase: "everyone",
    slices: { done: 2, total: 8 },
    people: { seen: 500, changed: 12, failed: 0, expected: 2_000 },
    facts: 20,
    repaired: 0,
    etaSeconds: 90,
    bundleVersion: 3,
    exact: true,
    ...changed,
  };
}

const done = aRun({
  status: "done",
  phase: "done",
  finishedAt: "2026-03-01T01:17:05.000Z",
  slices: { done: 8, total: 8 },
  people: { seen: 2_000, changed: 31, failed: 0, expected: 2_000 },
  facts: 44,
  repaired: 2,
  etaSeconds: null,
});

function startServer(runs: RetierRun[], start: FakeAnswer = { status: 202, body: { runId: "run-1", started: true } }) {
  const rest = [...runs];
  const next = () => ({ body: rest.length > 1 ? rest.shift() : rest[0] });
  return startFakeServer({
    "POST /admin/v1/retier": () => start,
    "GET /admin/v1/retier": () => ({ body: { items: runs.slice(0, 1), cursor: null } }),
    "GET /admin/v1/retier/run-1": next,
    "POST /admin/v1/retier/run-1/stop": () => ({ body: aRun({ status: "stopped" }) }),
    "POST /admin/v1/retier/run-1/resume": () => ({ body: aRun() }),
  });
}

describe("strata retier", () => {
  test("starts a run and says how to follow it", async () => {
    await using server = await startServer([aRun()]);
    const ran = await runStrata(["retier", "--url", server.url]);
    expect(ran).toMatchObject({ exitCode: 0, stderr: "" });
    expect(ran.stdout).toBe("Run run-1 is going on; strata retier --watch shows how far it is.\n");
  });

  test("--watch shows what came of it when it is over", async () => {
    await using server = await startServer([done]);
    const ran = await runStrata(["retier", "--watch", "--url", server.url]);
    expect(ran.stdout).toBe(
      "✔ 2,000 profiles, 31 changed, 44 memberships entered or left, 2 rows of members repaired, in 2 min 5 s.\n",
    );
  });

  test("follows the run that is going on already, and says so", async () => {
    await using server = await startServer([done], { status: 200, body: { runId: "run-1", started: false } });
    const ran = await runStrata(["retier", "--watch", "--url", server.url]);
    expect(ran.stderr).toContain("A run is going on already: run-1.");
  });

  test("--stop stops the newest and says how to go on; --resume goes on", async () => {
    await using server = await startServer([aRun({ status: "stopped" })]);
    const stopped = await runStrata(["retier", "--stop", "--url", server.url]);
    expect(stopped.stdout).toContain("Run run-1 was stopped: 500 profiles, 12 changed");
    expect(stopped.stdout).toContain("strata retier --resume");
    await runStrata(["retier", "--resume", "--url", server.url]);
    expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toContain(
      "POST /admin/v1/retier/run-1/resume",
    );
  });

  test("under --json it is the run as the API shows it", async () => {
    await using server = await startServer([done]);
    const { stdout } = await runStrata(["retier", "--json", "--url", server.url]);
    expect(RetierRun.parse(JSON.parse(stdout))).toEqual(done);
  });
});
