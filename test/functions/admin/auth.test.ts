import { describe, expect, test } from "vitest";
import { routes } from "#functions/admin/routes.ts";
import { FIRST_TOKEN, makeAdminHarness } from "../../support/admin-harness.ts";

const pathOf = (template: string) =>
  template.replace("{id}", "p_ann").replace("{kind}", "tag").replace("{name}", "vip").replace("{key}", "tag%3Avip");

describe("who may ask", () => {
  test.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))(
    "%s refuses no token, an unknown token and a role below its own",
    async (_, { method, path, role }) => {
      const { call, tokenOf, ports } = makeAdminHarness();
      const at = pathOf(path);
      expect(await call(method, at, { token: "" })).toMatchObject({
        status: 401,
        body: { code: "token_missing", requestId: "r" },
        headers: { "www-authenticate": expect.stringContaining("Bearer") },
      });
      expect(await call(method, at, { token: "guess" })).toMatchObject({
        status: 401,
        body: { code: "token_unknown" },
      });
      const weaker = role === "admin" ? "operator" : role === "operator" ? "viewer" : undefined;
      if (weaker !== undefined) {
        const answer = await call(method, at, { token: await tokenOf(weaker) });
        expect(answer).toMatchObject({ status: 403, body: { code: "role_too_weak", details: { needed: role } } });
      }
      const enough = await call(method, at, { token: await tokenOf(role) });
      expect([401, 403]).not.toContain(enough.status);
      if (role === "viewer") expect(ports.audit.entries()).toEqual([]);
    },
  );

  test("the deployment's own token is admin; its name, not itself, is in the audit", async () => {
    const { call, ports } = makeAdminHarness();
    expect((await call("POST", "/admin/v1/tokens", { body: { name: "ops", role: "viewer" } })).status).toBe(201);
    expect(ports.audit.entries()).toMatchObject([{ actor: "first-admin", role: "admin", outcome: "done" }]);
    expect(JSON.stringify(ports.audit.entries())).not.toContain(FIRST_TOKEN);
  });

  test("without a first token only stored tokens count", async () => {
    const { call, tokenOf } = makeAdminHarness({ firstToken: async () => undefined });
    expect((await call("GET", "/admin/v1/totals")).status).toBe(401);
    expect((await call("GET", "/admin/v1/totals", { token: await tokenOf("viewer") })).status).toBe(200);
  });

  test.each(["Basic abc", "Bearer", "Bearer a b", "bearer\u0000x", "Token x"])(
    "%j is no bearer token",
    async (value) => {
      const { call } = makeAdminHarness();
      const answer = await call("GET", "/admin/v1/totals", { token: "", headers: { authorization: value } });
      expect(answer).toMatchObject({ status: 401, body: { code: "token_missing" } });
    },
  );

  test("a token works until it is revoked and is shown once", async () => {
    const { call } = makeAdminHarness();
    const made = await call("POST", "/admin/v1/tokens", { body: { name: "console", role: "operator" } });
    expect(made).toMatchObject({ status: 201, body: { name: "console", role: "operator" } });
    const token = String(made.body.token);
    expect((await call("GET", "/admin/v1/totals", { token })).status).toBe(200);
    const listed = await call("GET", "/admin/v1/tokens");
    expect(listed.body).toEqual({
      items: [{ id: made.body.id, name: "console", role: "operator", createdAt: "2026-11-20T12:00:00.000Z" }],
      cursor: null,
    });
    expect(listed.text).not.toContain(token);
    expect((await call("DELETE", `/admin/v1/tokens/${String(made.body.id)}`)).status).toBe(200);
    expect((await call("GET", "/admin/v1/totals", { token })).status).toBe(401);
    expect(await call("DELETE", `/admin/v1/tokens/${String(made.body.id)}`)).toMatchObject({
      status: 404,
      body: { code: "token_not_found" },
    });
    const audit = await call("GET", "/admin/v1/audit");
    expect(audit.body.items).toMatchObject([{ action: "token.revoke" }, { action: "token.create" }]);
    expect(audit.text).not.toContain(token);
  });
});
