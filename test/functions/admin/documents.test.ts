import { describe, expect, test } from "vitest";
import * as z from "zod";
import { REJECTIONS } from "#domain/collect/rejections.ts";
import * as activity from "#events/admin-api/activity.ts";
import * as answer from "#events/admin-api/answer.ts";
import * as audit from "#events/admin-api/audit.ts";
import * as consents from "#events/admin-api/consents.ts";
import * as definitions from "#events/admin-api/definitions.ts";
import * as failedEvents from "#events/admin-api/failed-events.ts";
import * as identity from "#events/admin-api/identity.ts";
import * as memberships from "#events/admin-api/memberships.ts";
import * as profileView from "#events/admin-api/profile-view.ts";
import * as tokens from "#events/admin-api/tokens.ts";
import * as totals from "#events/admin-api/totals.ts";
import { renderDocsPage } from "#functions/admin/docs-page.ts";
import { makeOpenApiDocument } from "#functions/admin/openapi.ts";
import { routes } from "#functions/admin/routes.ts";
import { findRoute } from "#functions/collect/route.ts";
import { makeAdminHarness } from "../../support/admin-harness.ts";

const Shape = z.looseObject({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), z.looseObject({ operationId: z.string(), responses: z.unknown() }))),
  components: z.looseObject({ schemas: z.record(z.string(), z.looseObject({ example: z.unknown().optional() })) }),
});
const document = Shape.parse(JSON.parse(JSON.stringify(makeOpenApiDocument(routes))));
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);
const isDocument = (path: string) => path === "/openapi.json" || path === "/docs";

describe("the OpenAPI document", () => {
  test("has every administration route, and no other", () => {
    const told = operations
      .filter(({ path }) => path.startsWith("/admin/"))
      .map(({ method, path }) => `${method} ${path}`);
    expect(told.toSorted()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).toSorted());
  });

  test("every collection route in it is one that collection answers", () => {
    const collection = operations.filter(({ path }) => !path.startsWith("/admin/") && !isDocument(path));
    expect(collection.length).toBeGreaterThan(15);
    for (const { path, method } of collection) {
      expect(() => findRoute(method, path.replace("{writeKey}", "wk"))).not.toThrow();
    }
  });

  test("every collection route of api.md is in it", () => {
    const paths = new Set(operations.map(({ path, method }) => `${method} ${path}`));
    const words = "track identify page screen group alias batch import t i p s g a b".split(" ");
    for (const word of words) expect(paths).toContain(`POST /v1/${word}`);
    for (const route of [
      "GET /v1/projects/{writeKey}/settings",
      "POST /sa",
      "GET /sa.gif",
      "POST /sa.gif",
      "GET /healthz",
    ]) {
      expect(paths).toContain(route);
    }
    expect(Object.keys(REJECTIONS)).toContain("payload_too_large");
  });

  test("names every operation once", () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("every reference leads somewhere", () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(
      ([, name = ""]) => name,
    );
    expect(refs.length).toBeGreaterThan(30);
    for (const name of refs) expect(Object.keys(document.components.schemas)).toContain(name);
  });

  test("is served without a token, and says 3.1", async () => {
    const { call } = makeAdminHarness();
    const served = await call("GET", "/openapi.json", { token: "" });
    expect(served.status).toBe(200);
    expect(served.body).toEqual(document);
    expect(served.body.openapi).toMatch(/^3\.1\./);
  });
});

describe("examples", () => {
  const modules = {
    activity,
    answer,
    audit,
    consents,
    definitions,
    failedEvents,
    identity,
    memberships,
    profileView,
    tokens,
    totals,
  };
  const examples = Object.values(modules).flatMap((module) =>
    Object.entries(module).flatMap(([name, schema]) => {
      const example = schema instanceof z.ZodType ? schema.meta()?.example : undefined;
      return example === undefined ? [] : [{ name, schema: schema as z.ZodType, example }];
    }),
  );

  test("are there", () => expect(examples.length).toBeGreaterThan(15));

  test.each(examples)("of $name matches its schema", ({ schema, example }) => {
    // Whatever a schema does not know is no part of the contract.
    expect(schema.parse(example)).toEqual(example);
  });
});

describe("the documentation page", () => {
  test("shows every route and loads nothing", async () => {
    const { call } = makeAdminHarness();
    const { status, text, headers } = await call("GET", "/docs", { token: "" });
    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    for (const { path } of operations) expect(text).toContain(path);
    for (const loading of [
      /<script/i,
      /<link/i,
      /<img/i,
      /<iframe/i,
      /@import/i,
      /url\(/i,
      /\bsrc=/i,
      /https?:\/\//i,
    ]) {
      expect(text).not.toMatch(loading);
    }
    const targets = new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    for (const [, anchor] of text.matchAll(/href="#([^"]+)"/g)) expect(targets).toContain(anchor);
  });

  test("escapes whatever the document says", () => {
    const attack = `<script>alert("1")</script>'&`;
    const page = renderDocsPage({
      info: { title: attack, description: attack },
      paths: {
        [`/${attack}`]: { get: { summary: attack, tags: [attack], responses: { 200: { description: attack } } } },
      },
      components: { schemas: { [attack]: { type: "object", properties: { [attack]: { description: attack } } } } },
    });
    expect(page).not.toContain("<script>");
    expect(page).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;");
  });
});
