import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test, vi } from "vitest";
import { startFakeServer } from "./fake-server.ts";
import { runStrata } from "./run-strata.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const MAIN = fileURLToPath(new URL("../../../console/cli/main.ts", import.meta.url));
const run = promisify(execFile);
const TOTALS = {
  people: 3,
  buyers: 2,
  orders: 1234,
  revenue: { amount: 891140790, currency: "GBP" },
  refunds: { count: 1, amount: { amount: 50, currency: "GBP" } },
  memberships: { "tag:frequent-buyer": 2 },
  exact: true,
  at: "2026-03-01T09:30:00.000Z",
};

describe("exit codes", () => {
  test.each([
    ["an unknown command", ["frobnicate"]],
    ["an unknown option", ["totals", "--frobnicate"]],
    ["a missing argument", ["replay"]],
    ["an argument too many", ["totals", "x"]],
    ["an option without its value", ["totals", "--url"]],
    ["an option given twice", ["totals", "--url", "http://a", "--url", "http://b"]],
    ["a number out of its range", ["replay", "x", "--batch", "2501"]],
    ["something that is no number", ["replay", "x", "--concurrency", "many"]],
    ["something that is no identifier", ["profile", "12583"]],
    ["something that is no duration", ["clock", "soon"]],
    ["something that is no instant", ["clock", "--set", "soon"]],
    ["a URL that is none", ["totals", "--url", "localhost:4600"]],
  ])("%s is a usage error", async (_what, argv) => {
    const ran = await runStrata(argv);
    expect(ran.exitCode).toBe(2);
    expect(ran.stdout).toBe("");
    expect(ran.stderr).toContain("✗");
  });

  test("no running server is a failure that says how to start one", async () => {
    const ran = await runStrata(["totals"]);
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain("npm start");
  });

  test("a server that does not answer is a failure that says how to start one", async () => {
    const ran = await runStrata(["totals", "--url", "http://127.0.0.1:1"]);
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain("Nothing answers at http://127.0.0.1:1");
    expect(ran.stderr).toContain("npm start");
  });

  test("an error answer is shown with its code, message and details", async () => {
    await using server = await startFakeServer({
      "GET /admin/v1/totals": () => ({
        status: 409,
        body: { code: "scan_running", message: "one is running", details: { since: "noon" }, requestId: "r" },
      }),
    });
    const ran = await runStrata(["totals", "--url", server.url]);
    expect(ran).toMatchObject({ exitCode: 1, stdout: "" });
    expect(ran.stderr).toContain("one is running");
    expect(ran.stderr).toContain("scan_running");
    expect(ran.stderr).toContain("since: noon");
  });

  test("a refused token says where the right one is", async () => {
    await using server = await startFakeServer({
      "GET /admin/v1/totals": () => ({ status: 401, body: { code: "token_unknown", message: "no", requestId: "r" } }),
    });
    const ran = await runStrata(["totals", "--url", server.url, "--token", "wrong"]);
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain('"adminToken" in /nonexistent/local.json');
  });

  test("under --json an error is JSON on stdout and a message on stderr", async () => {
    const ran = await runStrata(["totals", "--json"]);
    expect(JSON.parse(ran.stdout)).toMatchObject({ error: { code: "no_server" } });
    expect(ran.stderr).toContain("No running server");
  });
});

describe("which server", () => {
  test("flags come before the environment, and the environment before local.json", async () => {
    await using flag = await startFakeServer({ "GET /admin/v1/totals": () => ({ body: TOTALS }) });
    await using variable = await startFakeServer({ "GET /admin/v1/totals": () => ({ body: TOTALS }) });
    await using local = await startFakeServer({ "GET /admin/v1/totals": () => ({ body: TOTALS }) });
    const localJson = { url: local.url, adminToken: "local-token", writeKeys: {} };
    using folder = temporaryFolder({ "local.json": JSON.stringify(localJson) });
    const env = { dataDir: folder.path };
    const variables = { ...env, url: variable.url, token: "variable-token" };

    await runStrata(["totals"], { env });
    await runStrata(["totals"], { env: variables });
    await runStrata(["totals", "--url", flag.url, "--token", "0123"], { env: variables });

    expect(local.requests.map(({ headers }) => headers.authorization)).toEqual(["Bearer local-token"]);
    expect(variable.requests.map(({ headers }) => headers.authorization)).toEqual(["Bearer variable-token"]);
    expect(flag.requests.map(({ headers }) => headers.authorization)).toEqual(["Bearer 0123"]);
  });

  test("the local token is never sent to another server", async () => {
    await using other = await startFakeServer({ "GET /admin/v1/totals": () => ({ body: TOTALS }) });
    const localJson = { url: "http://127.0.0.1:1", adminToken: "local-token", writeKeys: {} };
    using folder = temporaryFolder({ "local.json": JSON.stringify(localJson) });
    await runStrata(["totals", "--url", other.url], { env: { dataDir: folder.path } });
    expect(other.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });
});

describe("what is printed", () => {
  test("figures for a reader", async () => {
    await using server = await startFakeServer({ "GET /admin/v1/totals": () => ({ body: TOTALS }) });
    const ran = await runStrata(["totals", "--url", server.url]);
    expect(ran.stderr).toBe("");
    expect(ran.stdout).toContain("1,234  £8,911,407.90");
  });

  test("under --json exactly one JSON document on stdout", async () => {
    await using server = await startFakeServer({ "GET /admin/v1/totals": () => ({ body: TOTALS }) });
    const ran = await runStrata(["totals", "--url", server.url, "--json"]);
    expect(JSON.parse(ran.stdout)).toEqual(TOTALS);
  });

  test("colours on a terminal, and none under NO_COLOR or in a pipe", async () => {
    await using server = await startFakeServer({ "GET /admin/v1/totals": () => ({ body: TOTALS }) });
    const argv = ["totals", "--url", server.url];
    expect((await runStrata(argv, { tty: true })).stdout).toContain("\u001b[");
    expect((await runStrata(argv, { tty: true, env: { colours: false } })).stdout).not.toContain("\u001b[");
    expect((await runStrata(argv)).stdout).not.toContain("\u001b[");
  });

  test("control characters in data cannot steer the terminal", async () => {
    const memberships = { "tag:\u001b[2J\u202eevil": 1 };
    await using server = await startFakeServer({
      "GET /admin/v1/totals": () => ({ body: { ...TOTALS, memberships } }),
    });
    const ran = await runStrata(["totals", "--url", server.url]);
    expect(ran.stdout).toContain("tag:�[2J�evil");
  });

  test("the clock is read and moved", async () => {
    await using server = await startFakeServer({
      "GET /local/clock": () => ({ body: { now: "2026-03-01T09:30:00.000Z" } }),
      "POST /local/clock": ({ body }) => ({ body: { now: "2026-04-10T09:30:00.000Z", body } }),
    });
    expect((await runStrata(["clock", "--url", server.url])).stdout).toBe("2026-03-01 09:30 UTC\n");
    expect((await runStrata(["clock", "+40d", "--url", server.url])).stdout).toBe("2026-04-10 09:30 UTC\n");
    await runStrata(["clock", "--set", "2026-04-10T11:30:00+02:00", "--url", server.url]);
    expect(server.requests.map(({ body }) => body)).toEqual([
      undefined,
      { advance: "40d", wait: false },
      { set: "2026-04-10T09:30:00.000Z", wait: false },
    ]);
  });

  test("members are listed page by page up to the limit", async () => {
    const page = (from: number, limit: number) =>
      Array.from({ length: limit }, (_, i) => ({ profileId: `p_${from + i}`, since: "2026-03-01T09:30:00.000Z" }));
    await using server = await startFakeServer({
      "GET /admin/v1/memberships/tag%3Alapsed/count": () => ({
        body: { key: "tag:lapsed", count: 1000, exact: true, at: "2026-03-01T09:30:00.000Z" },
      }),
      "GET /admin/v1/memberships/tag%3Alapsed/members": ({ query }) => {
        const from = Number(query.get("cursor") ?? 0);
        const limit = Number(query.get("limit"));
        return { body: { items: page(from, limit), cursor: String(from + limit) } };
      },
    });
    const ran = await runStrata(["members", "lapsed", "--limit", "250", "--json", "--url", server.url]);
    const { items, cursor } = JSON.parse(ran.stdout) as { items: { profileId: string }[]; cursor: string };
    expect(items.map(({ profileId }) => profileId)).toEqual(page(0, 250).map(({ profileId }) => profileId));
    expect(cursor).toBe("250");
  });
});

describe("as a process", () => {
  test("help with examples, and the version", async () => {
    const help = await run(process.execPath, [MAIN, "replay", "--help"]);
    expect(help.stdout).toContain("Examples:");
    expect(help.stdout).toContain("$ strata replay");
    expect((await run(process.execPath, [MAIN, "--version"])).stdout).toMatch(/^strata\/\d+\.\d+\.\d+/);
  });

  test("the exit code reaches the shell", async () => {
    await expect(run(process.execPath, [MAIN, "nonsense"])).rejects.toMatchObject({ code: 2 });
  });
});

vi.setConfig({ testTimeout: 20_000 });
