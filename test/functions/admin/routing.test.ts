import { describe, expect, test } from "vitest";
import { StoreUnavailableError } from "#domain/ports/store-error.ts";
import { routes } from "#functions/admin/routes.ts";
import { makeAdminHarness } from "../../support/admin-harness.ts";

describe.each(["http", "rest"] as const)("behind a %s gateway", (gateway) => {
  test("an unknown path answers 404 with the routes nearby", async () => {
    const { call } = makeAdminHarness();
    const answer = await call("GET", "/admin/v1/profiles/p_1/activities/x", { gateway });
    expect(answer).toMatchObject({
      status: 404,
      body: { code: "route_unknown", details: { routes: expect.arrayContaining(["GET /admin/v1/profiles/{id}"]) } },
    });
    const lost = await call("GET", "/admin/v1/nowhere", { gateway });
    expect(lost.body).toMatchObject({ details: { routes: routes.map(({ method, path }) => `${method} ${path}`) } });
  });

  test("another method answers 405 with those that are taken", async () => {
    const { call } = makeAdminHarness();
    const answer = await call("PATCH", "/admin/v1/definitions/tag/vip", { gateway });
    expect(answer).toMatchObject({ status: 405, body: { code: "method_not_allowed" } });
    expect(answer.headers.allow).toBe("GET, PUT, DELETE");
  });

  test("a body is parsed, whatever way the gateway brought it", async () => {
    const { call } = makeAdminHarness();
    const body = { title: { en: "VIP", zh: "贵宾" } };
    const answer = await call("PUT", "/admin/v1/definitions/tag/vip", { gateway, body });
    expect(answer).toMatchObject({ status: 201, body: { definition: { title: { zh: "贵宾" } } } });
  });
});

describe("what is not understood", () => {
  const put = "/admin/v1/definitions/tag/vip";

  test.each<[string, string | Uint8Array, number, string]>([
    ["no JSON", "{", 400, "body_not_json"],
    ["no body", "", 400, "body_not_json"],
    ["invalid UTF-8", new Uint8Array([0x22, 0xff, 0x22]), 400, "body_not_json"],
    ["a list", "[]", 400, "request_invalid"],
    ["65 levels", `${'{"a":'.repeat(65)}1${"}".repeat(65)}`, 400, "body_too_deep"],
    ["100,000 levels", `${"[".repeat(100_000)}${"]".repeat(100_000)}`, 400, "body_too_deep"],
    ["over 1 MB", JSON.stringify("x".repeat(1024 * 1024)), 413, "payload_too_large"],
  ])("a body of %s", async (_, body, status, code) => {
    const { call, ports, errors } = makeAdminHarness();
    for (const gateway of ["rest", "http"] as const) {
      const headers = { "content-type": "application/octet-stream" };
      expect(await call("PUT", put, { body, gateway, headers })).toMatchObject({ status, body: { code } });
    }
    expect(ports.definitions.commits()).toBe(0);
    expect(errors).toEqual([]);
  });

  test.each([
    ["/admin/v1/profiles", "query.identifier"],
    ["/admin/v1/profiles?identifer=userId:u-1", "query.identifier"],
    ["/admin/v1/definitions/tag?limit=0", "query.limit"],
    ["/admin/v1/definitions/tag?limit=ten", "query.limit"],
    ["/admin/v1/definitions/toast", "path.kind"],
    ["/admin/v1/definitions/tag?version=-1", "query.version"],
    ["/admin/v1/audit?from=yesterday", "query.from"],
    ["/admin/v1/audit?from=2020-01-01&to=2026-01-01", "query.from"],
    ["/admin/v1/audit?cursor=e30", "query.cursor"],
    ["/admin/v1/failed-events?cursor=%00", "query.cursor"],
  ])("%s answers 400 with the path of the fault", async (path, fault) => {
    const { call } = makeAdminHarness();
    const answer = await call("GET", path);
    expect(answer.status).toBe(400);
    expect(answer.body.details).toMatchObject({
      faults: expect.arrayContaining([expect.objectContaining({ path: fault })]),
    });
  });

  test("a misspelt filter is refused rather than ignored", async () => {
    const { call } = makeAdminHarness();
    expect(await call("GET", "/admin/v1/totals?form=2026-01-01")).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("form") },
    });
  });

  test("a cursor of another list is refused", async () => {
    const { call, define } = makeAdminHarness();
    await define({ kind: "tag", name: "a" }, { kind: "tag", name: "b" });
    const { body } = await call("GET", "/admin/v1/definitions/tag?limit=1");
    const cursor = String(body.cursor);
    expect((await call("GET", `/admin/v1/definitions/tag?cursor=${cursor}`)).body.items).toMatchObject([{ name: "b" }]);
    expect(await call("GET", `/admin/v1/definitions/source?cursor=${cursor}`)).toMatchObject({
      status: 400,
      body: { code: "cursor_invalid" },
    });
  });
});

describe("what fails on our side", () => {
  test("a busy store answers 503 with Retry-After; anything else 500; neither tells what it was", async () => {
    for (const [error, status, code] of [
      [new StoreUnavailableError("store_throttled", "secret-table-name"), 503, "store_throttled"],
      [new Error("secret detail"), 500, "internal"],
    ] as const) {
      const load = () => Promise.reject(error);
      const base = makeAdminHarness();
      const { call, errors } = makeAdminHarness({ profiles: { ...base.ports.profiles, load } });
      const answer = await call("GET", "/admin/v1/profiles/p_ann");
      expect(answer).toMatchObject({ status, body: { code, requestId: "r" } });
      expect(answer.text).not.toContain("secret");
      expect(answer.headers["retry-after"]).toBe(status === 503 ? "1" : undefined);
      expect(errors).toEqual([error]);
    }
  });
});

test("a browser's preflight is answered, and answers may be read from any origin", async () => {
  const { call } = makeAdminHarness();
  const preflight = await call("OPTIONS", "/admin/v1/totals", { token: "" });
  expect(preflight.status).toBeLessThan(300);
  expect(preflight.headers["access-control-allow-headers"]).toContain("if-match");
});
