import { createHash } from "node:crypto";
import type { APIGatewayProxyEvent, APIGatewayProxyEventV2, Context } from "aws-lambda";
import type { HttpAnswer } from "#aws/http-answer.ts";
import { makeRateLimit, type RateLimit } from "#domain/collect/rate-limit.ts";
import type { StoredDefinition } from "#domain/definitions/bundle.ts";
import { compileBundle } from "#domain/definitions/compile-bundle.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import type { FailedEvent } from "#events/failed-event.ts";
import { makeCollectHandler } from "#functions/collect/make-collect-handler.ts";

export type Gateway = "http" | "rest";

export interface TestRequest {
  readonly method?: string;
  /** With its query. */
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
}

/** 2026-11-22T12:00:00Z: after everything in the captures. */
export const NOW = Date.UTC(2026, 10, 22, 12);

export function hashKey(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

/** A source definition as it is stored; its name is its key in lower case. */
export function source(key: string, type: string, fields: object = {}): StoredDefinition {
  const name = key.toLowerCase().replaceAll("_", "-");
  return {
    kind: "source",
    name,
    version: 1,
    keyHash: hashKey(key),
    definition: { kind: "source", name, type, ...fields },
  };
}

/** The real handler over ports in memory. `failStream` and `failStore` are thrown by the next put or store. */
export function makeCollectHarness(
  given: { definitions?: readonly StoredDefinition[]; project?: object; rateLimit?: RateLimit } = {},
) {
  const { definitions = [source("WEB_KEY", "web"), source("SERVER_KEY", "server")] } = given;
  const project: StoredDefinition = {
    kind: "setting",
    name: "project",
    version: 1,
    definition: { kind: "setting", name: "project", ...given.project },
  };
  const bundle = compileBundle({ version: 1, definitions: [project, ...definitions] });
  const events: CollectedEvent[] = [];
  const failed: FailedEvent[] = [];
  const errors: unknown[] = [];
  const state = {
    now: NOW,
    failStream: undefined as Error | undefined,
    failStore: undefined as Error | undefined,
    groups: [] as { key: string; events: readonly CollectedEvent[] }[],
    log: [] as string[],
  };
  let ids = 0;
  const handler = makeCollectHandler(
    {
      definitions: { get: () => Promise.resolve(bundle) },
      stream: {
        put(groups) {
          state.log.push("stream");
          if (state.failStream) return Promise.reject(state.failStream);
          state.groups.push(...groups);
          for (const group of groups) events.push(...group.events);
          return Promise.resolve();
        },
      },
      failedEvents: {
        store(refused) {
          state.log.push("failed");
          if (state.failStore) return Promise.reject(state.failStore);
          failed.push(...(JSON.parse(JSON.stringify(refused)) as FailedEvent[]));
          return Promise.resolve();
        },
      },
      geo: { find: (ip) => (ip === "203.0.113.9" ? { country: "NL" } : undefined) },
      rateLimit: given.rateLimit ?? makeRateLimit({ perSecond: 1e6, burst: 1e6 }),
      count: () => {},
      newId: () => `made-${++ids}`,
      now: () => state.now,
    },
    (error) => errors.push(error),
  );

  async function send(request: TestRequest, gateway: Gateway = "http"): Promise<HttpAnswer> {
    return handler(gateway === "http" ? asVersion2(request) : asVersion1(request), {} as Context);
  }
  /** Sends one Segment call and gives back the event that it became. */
  async function track(call: object, key = "SERVER_KEY"): Promise<CollectedEvent> {
    const before = events.length;
    const answer = await post("/v1/batch", { batch: [call] }, key);
    const event = events[before];
    if (event === undefined) throw new Error(`not accepted: ${answer.body}`);
    return event;
  }
  async function post(path: string, body: unknown, key = "SERVER_KEY", gateway: Gateway = "http"): Promise<HttpAnswer> {
    const headers = { authorization: basic(key), "content-type": "application/json" };
    return send({ path, headers, body: typeof body === "string" ? body : JSON.stringify(body) }, gateway);
  }
  return { send, post, track, events, failed, errors, state };
}

export function basic(key: string): string {
  return `Basic ${Buffer.from(`${key}:`).toString("base64")}`;
}

/** An HTTP API reads text and JSON bodies as UTF-8 and hands all others over as base64. */
export function asVersion2({ method = "POST", path, headers = {}, body = "" }: TestRequest): APIGatewayProxyEventV2 {
  const [rawPath = "", rawQueryString = ""] = path.split("?", 2);
  const bytes = Buffer.from(body);
  const isText = /^(text\/|application\/(json|xml|javascript))/.test(contentTypeOf(headers));
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath,
    rawQueryString,
    headers: lowerCased(headers),
    requestContext: {
      accountId: "1",
      apiId: "a",
      domainName: "api.example.com",
      domainPrefix: "api",
      requestId: "r",
      routeKey: "$default",
      stage: "$default",
      time: "",
      timeEpoch: NOW,
      http: { method, path: rawPath, protocol: "HTTP/1.1", sourceIp: "203.0.113.9", userAgent: "" },
    },
    body: isText ? bytes.toString("utf8") : bytes.toString("base64"),
    isBase64Encoded: !isText,
  };
}

/** A REST API with the binary type `*`/`*` hands everything over as base64. */
export function asVersion1({ method = "POST", path, headers = {}, body = "" }: TestRequest): APIGatewayProxyEvent {
  const [rawPath = "", rawQueryString = ""] = path.split("?", 2);
  const query = new URLSearchParams(rawQueryString);
  const names = [...new Set(query.keys())];
  const bytes = Buffer.from(body);
  return {
    resource: rawPath,
    path: rawPath,
    httpMethod: method,
    headers,
    multiValueHeaders: {},
    queryStringParameters: names.length === 0 ? null : Object.fromEntries(query),
    multiValueQueryStringParameters:
      names.length === 0 ? null : Object.fromEntries(names.map((name) => [name, query.getAll(name)])),
    pathParameters: null,
    stageVariables: null,
    requestContext: {
      path: `/prod${rawPath}`,
      stage: "prod",
      domainName: "api.example.com",
      identity: { sourceIp: "203.0.113.9" },
    } as APIGatewayProxyEvent["requestContext"],
    body: bytes.length === 0 ? null : bytes.toString("base64"),
    isBase64Encoded: bytes.length > 0,
  };
}

function lowerCased(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function contentTypeOf(headers: Record<string, string>): string {
  return lowerCased(headers)["content-type"] ?? "";
}
