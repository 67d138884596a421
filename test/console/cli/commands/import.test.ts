import { createHash } from "node:crypto";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { startFakeServer } from "../fake-server.ts";
import { runStrata } from "../run-strata.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const AT = "2026-03-01T09:30:00.000Z";
const LINE = '{"mail":"ann@x.org"}';
const sha256 = createHash("sha256").update(LINE).digest("hex");

function aView(changed: object = {}) {
  return {
    importId: "im_1",
    name: "people.ndjson",
    status: "waiting",
    phase: "checking",
    into: "tag:vip",
    mode: "add",
    format: "ndjson",
    columns: [{ column: "mail", identifier: "email" }],
    sha256,
    by: "ann",
    createdAt: AT,
    startedAt: AT,
    finishedAt: null,
    fileBytes: LINE.length,
    rows: { total: null, read: 0, applied: 0, unchanged: 0, refused: 0 },
    removed: 0,
    errors: {},
    firstErrors: [],
    errorsUrl: null,
    failure: null,
    ...changed,
  };
}

const done = { status: "done", finishedAt: AT, rows: { total: 1, read: 1, applied: 1, unchanged: 0, refused: 0 } };

/** `views` are what looking again and again shows; the last one stays. */
async function startServer(views: object[], items: object[] = []) {
  const server = await startFakeServer({
    "GET /admin/v1/imports": () => ({ body: { items, cursor: null } }),
    "POST /admin/v1/imports": () => ({
      status: 201,
      body: aView({ upload: { url: `${server.url}/bucket/file?signed`, method: "PUT", expiresAt: AT } }),
    }),
    "PUT /bucket/file": () => ({ body: "" }),
    "POST /admin/v1/imports/im_1/start": () => ({ body: aView({ status: "running" }) }),
    "GET /admin/v1/imports/im_1": () => ({ body: aView(views.length > 1 ? views.shift() : views[0]) }),
  });
  return server;
}

async function run(server: { url: string }, ...more: string[]) {
  using folder = temporaryFolder({ "people.ndjson": LINE });
  const file = path.join(folder.path, "people.ndjson");
  return await runStrata(["import", file, "--into", "tag:vip", "--column", "email=mail", ...more, "--url", server.url]);
}

const asked = ({ requests }: { requests: readonly { method: string; path: string }[] }) =>
  requests.map((request) => `${request.method} ${request.path}`);

describe("strata import", () => {
  test("creates, uploads, starts and watches to the end", async () => {
    await using server = await startServer([{ status: "running" }, done]);
    const ran = await run(server);
    expect(ran).toMatchObject({ exitCode: 0 });
    expect(ran.stdout).toContain("1 row read, 1 put into tag:vip, 0 unchanged");
    expect(asked(server)).toEqual([
      "GET /admin/v1/imports",
      "POST /admin/v1/imports",
      "PUT /bucket/file",
      "POST /admin/v1/imports/im_1/start",
      "GET /admin/v1/imports/im_1",
      "GET /admin/v1/imports/im_1",
    ]);
    expect(server.requests[1]?.body).toEqual({
      name: "people.ndjson",
      format: "ndjson",
      into: { tag: "vip" },
      mode: "add",
      columns: [{ column: "mail", identifier: "email" }],
      delimiter: ",",
      sha256,
    });
    expect(server.requests[2]).toMatchObject({ body: { mail: "ann@x.org" }, headers: { "content-length": "20" } });
    // The token is the API's: the bucket has the signature.
    expect(server.requests[2]?.headers.authorization).toBeUndefined();
  });

  test("shows the first refused rows, and where all of them are", async () => {
    const refused = {
      ...done,
      rows: { total: 3, read: 3, applied: 1, unchanged: 0, refused: 2 },
      errors: { person_unknown: 2 },
      firstErrors: [{ row: 2, code: "person_unknown", column: "mail" }],
      errorsUrl: "http://127.0.0.1/errors",
    };
    await using server = await startServer([refused]);
    const ran = await run(server);
    expect(ran).toMatchObject({ exitCode: 3 });
    expect(ran.stdout).toContain("2 × person_unknown");
    expect(ran.stdout).toContain("row 2: person_unknown, mail");
    expect(ran.stdout).toContain("http://127.0.0.1/errors");
    expect(JSON.parse((await run(server, "--json")).stdout)).toMatchObject({ importId: "im_1", rows: { refused: 2 } });
  });

  test("of a file that is not sound says why and where", async () => {
    const failure = { code: "column_missing", message: 'the header has no column "mail"', row: 1, column: "mail" };
    await using server = await startServer([{ status: "failed", failure }]);
    const ran = await run(server);
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain("The import failed (row 1)");
  });

  test("a second time says that it was imported already; --again imports it", async () => {
    await using server = await startServer([done], [aView({ ...done, sha256: "0".repeat(64) }), aView(done)]);
    const ran = await run(server);
    expect(ran).toMatchObject({ exitCode: 0 });
    expect(ran.stdout).toContain("people.ndjson was imported into tag:vip already, at 2026-03-01 09:30 UTC.");
    expect(asked(server)).toEqual(["GET /admin/v1/imports"]);
    await run(server, "--again");
    expect(asked(server)).toContain("PUT /bucket/file");
  });

  test("goes on with one that was stopped", async () => {
    await using server = await startServer([done], [aView({ status: "stopped" })]);
    expect(await run(server)).toMatchObject({ exitCode: 0 });
    expect(asked(server)).toEqual([
      "GET /admin/v1/imports",
      "POST /admin/v1/imports/im_1/start",
      "GET /admin/v1/imports/im_1",
    ]);
  });

  test.each([
    [["import", "x.csv", "--into", "vip", "--column", "email=Email"], "--into"],
    [["import", "x.csv", "--into", "tag:vip"], "--column"],
    [["import", "x.csv", "--into", "tag:vip", "--column", "Email"], "--column"],
    [["import", "x.csv.gz", "--into", "tag:vip", "--column", "email=Email"], "compressed"],
  ])("%j is a usage error", async (argv, named) => {
    const ran = await runStrata([...argv, "--url", "http://127.0.0.1:1"]);
    expect(ran).toMatchObject({ exitCode: 2 });
    expect(ran.stderr).toContain(named);
  });

  test("of a file that is not there asks the server nothing", async () => {
    const ran = await runStrata(["import", "/nowhere/x.csv", "--into", "tag:vip", "--column", "email=Email"]);
    expect(ran).toMatchObject({ exitCode: 1 });
    expect(ran.stderr).toContain("Cannot read /nowhere/x.csv");
  });
});
