import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { makeGateway } from "../../infra/local/gateway/gateway.ts";
import type { GatewayRequest } from "../../infra/local/gateway/request.ts";
import type { InvocationOutcome } from "../../infra/local/handlers/function-host.ts";
import type { GatewayKind, RoutePlan } from "../../infra/local/template/deployment.ts";

const paths = [
  "POST /v1/track",
  "GET /v1/projects/{writeKey}/settings",
  "ANY /admin/v1/{proxy+}",
  "GET /admin/v1/health",
  "OPTIONS /v1/track",
];
const makeRoutes = (gateway: GatewayKind): RoutePlan[] =>
  paths.map((key) => {
    const [method = "", path = ""] = key.split(" ");
    const stage = gateway === "http" ? "$default" : "prod";
    return { gateway, apiId: "api", stage, method, path, functionArn: key };
  });

const request = (changes: Partial<GatewayRequest> & { headers?: Record<string, string> } = {}): GatewayRequest => ({
  method: "POST",
  path: "/v1/track",
  query: "",
  headers: {},
  rawHeaders: Object.entries(changes.headers ?? {}).flat(),
  body: Buffer.alloc(0),
  sourceIp: "127.0.0.1",
  requestId: "id",
  receivedAt: Date.UTC(2026, 10, 22, 1, 2, 3),
  ...changes,
});

const proxyOk: InvocationOutcome = { ok: true, payload: '{"statusCode":200}', requestId: "r" };

function makeEdge(kind: GatewayKind, outcome: InvocationOutcome = proxyOk) {
  const seen: { route: string; event: Record<string, unknown> }[] = [];
  const answer = makeGateway(makeRoutes(kind), (route, event) => {
    seen.push({ route, event: event as Record<string, unknown> });
    return Promise.resolve(outcome);
  });
  const eventFor = async (changes: Parameters<typeof request>[0]) => {
    await answer(request(changes));
    return seen.at(-1);
  };
  return { answer, eventFor, seen };
}

const message = ({ body }: { body: Buffer }): unknown => JSON.parse(body.toString());

describe("bytes through an HTTP API", () => {
  const { eventFor } = makeEdge("http");

  test.each([
    "application/json",
    "application/json; charset=utf-8",
    "text/plain",
    "text/anything",
    "application/xml",
    "application/javascript",
  ])("%s arrives as text", async (type) => {
    const body = Buffer.from('{"a":"é"}');
    const { event } = (await eventFor({ headers: { "content-type": type }, body })) ?? {};
    expect(event).toMatchObject({ body: '{"a":"é"}', isBase64Encoded: false });
  });

  test.each(["application/x-www-form-urlencoded", "application/octet-stream", "application/vnd.api+json", ""])(
    "%j arrives as base64",
    async (type) => {
      const body = Buffer.from("a=1");
      const { event } = (await eventFor({ headers: type === "" ? {} : { "content-type": type }, body })) ?? {};
      expect(event).toMatchObject({ body: body.toString("base64"), isBase64Encoded: true });
    },
  );

  test("gzip under a JSON label is mangled: its second byte becomes U+FFFD", async () => {
    const { event } = (await eventFor({ headers: { "content-type": "application/json" }, body: gzipSync("{}") })) ?? {};
    expect(String(event?.body).slice(0, 2)).toBe("\u001f\uFFFD");
  });

  test("no body is no body", async () => {
    const { event } = (await eventFor({ headers: { "content-type": "application/json" } })) ?? {};
    expect(event).not.toHaveProperty("body");
    expect(event?.isBase64Encoded).toBe(false);
  });
});

describe("bytes through a REST API with binary media types */*", () => {
  test.each(["application/json", "text/plain", "application/octet-stream"])("%s arrives as base64", async (type) => {
    const body = gzipSync("{}");
    const { event } = (await makeEdge("rest").eventFor({ headers: { "content-type": type }, body })) ?? {};
    expect(event).toMatchObject({ body: body.toString("base64"), isBase64Encoded: true });
  });
});

describe("routes", () => {
  test.each<[GatewayKind, string, string, string]>([
    ["http", "POST", "/v1/track", "POST /v1/track"],
    ["http", "GET", "/v1/projects/wk_1/settings", "GET /v1/projects/{writeKey}/settings"],
    ["http", "DELETE", "/admin/v1/profiles/p_1/tags/vip", "ANY /admin/v1/{proxy+}"],
    ["http", "GET", "/admin/v1/health", "GET /admin/v1/health"],
    ["http", "PUT", "/admin/v1/health", "ANY /admin/v1/{proxy+}"],
    ["rest", "GET", "/v1/projects/wk_1/settings", "GET /v1/projects/{writeKey}/settings"],
  ])("%s: %s %s goes to %s", async (kind, method, path, expected) => {
    expect((await makeEdge(kind).eventFor({ method, path }))?.route).toBe(expected);
  });

  test("an HTTP API hands over a decoded path, and loses what follows a decoded question mark", async () => {
    const { eventFor } = makeEdge("http");
    const seen = await eventFor({ method: "GET", path: "/admin/v1/memberships/tag%3Avip%3Fx", query: "a=%20b&a=c" });
    expect(seen?.event).toMatchObject({
      rawPath: "/admin/v1/memberships/tag:vip",
      rawQueryString: "a=%20b&a=c",
      queryStringParameters: { a: " b,c" },
      pathParameters: { proxy: "memberships/tag:vip" },
    });
  });

  test("a REST API hands over the path as it was sent and decodes its parameters", async () => {
    const { eventFor } = makeEdge("rest");
    const seen = await eventFor({ method: "GET", path: "/admin/v1/memberships/tag%3Avip", query: "a=1&a=2" });
    expect(seen?.event).toMatchObject({
      path: "/admin/v1/memberships/tag%3Avip",
      pathParameters: { proxy: "memberships/tag:vip" },
      queryStringParameters: { a: "2" },
      multiValueQueryStringParameters: { a: ["1", "2"] },
    });
  });

  test("cookies leave the headers of an HTTP API's event", async () => {
    const { eventFor } = makeEdge("http");
    const seen = await eventFor({ headers: { cookie: "a=1; b=2", "x-write-key": "wk" } });
    expect(seen?.event).toMatchObject({ cookies: ["a=1", "b=2"], headers: { "x-write-key": "wk" } });
    expect(seen?.event.headers).not.toHaveProperty("cookie");
  });
});

describe("what a gateway answers by itself", () => {
  test("an unknown route", async () => {
    const unknown = request({ path: "/nothing" });
    expect((await makeEdge("http").answer(unknown)).status).toBe(404);
    expect(message(await makeEdge("http").answer(unknown))).toEqual({ message: "Not Found" });
    expect((await makeEdge("rest").answer(unknown)).status).toBe(403);
  });

  test("a function that failed, and one whose answer is no proxy result", async () => {
    const failed: InvocationOutcome = { ok: false, error: { errorType: "E", errorMessage: "e" }, requestId: "r" };
    const malformed: InvocationOutcome = { ok: true, payload: '"text"', requestId: "r" };
    for (const outcome of [failed, malformed]) {
      const http = await makeEdge("http", outcome).answer(request());
      expect([http.status, message(http)]).toEqual([500, { message: "Internal Server Error" }]);
      const rest = await makeEdge("rest", outcome).answer(request());
      expect([rest.status, message(rest)]).toEqual([502, { message: "Internal server error" }]);
    }
  });

  test("a body over 10 MB, and one that is over Lambda's 6 MB once it is base64", async () => {
    for (const megabytes of [11, 5]) {
      const { answer, seen } = makeEdge("http");
      expect((await answer(request({ body: Buffer.alloc(megabytes << 20) }))).status).toBe(413);
      expect(seen).toEqual([]);
    }
  });

  test("a path that cannot be decoded", async () => {
    expect((await makeEdge("http").answer(request({ path: "/v1/%E0%A4%A" }))).status).toBe(400);
  });
});

describe("what a function answers", () => {
  const answering = (result: unknown): InvocationOutcome => ({
    ok: true,
    payload: JSON.stringify(result),
    requestId: "r",
  });

  test("bytes, headers and cookies reach the client", async () => {
    const outcome = answering({
      statusCode: 200,
      headers: { "Content-Type": "image/gif" },
      cookies: ["a=1", "b=2"],
      body: Buffer.from([0, 255]).toString("base64"),
      isBase64Encoded: true,
    });
    const answer = await makeEdge("http", outcome).answer(request());
    expect(answer).toEqual({
      status: 200,
      headers: { "content-type": "image/gif", "set-cookie": ["a=1", "b=2"] },
      body: Buffer.from([0, 255]),
    });
  });

  test("a type is added where the function names none, the gateway's own", async () => {
    const outcome = answering({ statusCode: 200, body: "x" });
    expect((await makeEdge("http", outcome).answer(request())).headers).toEqual({
      "content-type": "text/plain; charset=utf-8",
    });
    expect((await makeEdge("rest", outcome).answer(request())).headers).toEqual({ "content-type": "application/json" });
  });
});
