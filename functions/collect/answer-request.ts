import { createHash } from "node:crypto";
import { answerBytes, answerJson, type HttpAnswer } from "#aws/http-answer.ts";
import type { HttpRequest } from "#aws/http-request.ts";
import type { CollectionSettings, CollectionTools, Reception } from "#domain/collect/collection-settings.ts";
import { groupEvents } from "#domain/collect/group-events.ts";
import type { RateLimit } from "#domain/collect/rate-limit.ts";
import { MAX_BODY_BYTES, readBody, readText64 } from "#domain/collect/read-body.ts";
import { RequestRejectedError } from "#domain/collect/rejections.ts";
import { splitSegmentBody, splitSensorsBody } from "#domain/collect/split-calls.ts";
import type { FailedEventStore } from "#domain/ports/failed-event-store.ts";
import type { EventStream } from "#domain/ports/streams.ts";
import { type Collected, collectCalls } from "./collect-calls.ts";
import { findBasicKey, findBodyKey, findOuterKey } from "./find-write-key.ts";
import { findRoute, type Route } from "./route.ts";

/** What collection needs of the definitions in force; a CompiledCollection is one. */
export type CollectBundle = CollectionSettings & {
  readonly sourcesByKeyHash: ReadonlyMap<string, Reception["source"]>;
};

export interface CollectPorts extends CollectionTools {
  readonly definitions: { get(): Promise<CollectBundle> };
  readonly stream: EventStream;
  readonly failedEvents: Pick<FailedEventStore, "store">;
  readonly rateLimit: RateLimit;
  readonly count: (metric: string, n: number) => void;
  /** Milliseconds since 1970. */
  now(): number;
}

/** The smallest GIF there is: one transparent pixel. */
const PIXEL = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");

/** Answers one request of the collection API (api.md). Throws RequestRejectedError for what is answered with an error as
 *  a whole, and what the ports throw. */
export async function answerRequest(ports: CollectPorts, request: HttpRequest): Promise<HttpAnswer> {
  const route = findRoute(request.method, request.path);
  switch (route.kind) {
    case "health":
      return answerJson(200, { status: "ok" });
    case "settings":
      return answerSettings(ports, request, route.writeKey);
    case "segment":
    case "sensors":
      return answerCalls(ports, request, route);
    default:
      return route satisfies never;
  }
}

/** What analytics-next asks for before it sends anything. */
async function answerSettings(ports: CollectPorts, request: HttpRequest, writeKey: string): Promise<HttpAnswer> {
  findSource(await ports.definitions.get(), writeKey);
  const destination = {
    apiKey: writeKey,
    apiHost: `${request.base}/v1`,
    // The SDK assumes https; a local runtime speaks http.
    ...(!request.isHttps && { protocol: "http" }),
  };
  return answerJson(200, { integrations: { "Segment.io": destination } }, { "Cache-Control": "public, max-age=60" });
}

async function answerCalls(
  ports: CollectPorts,
  request: HttpRequest,
  route: Extract<Route, { kind: "segment" | "sensors" }>,
): Promise<HttpAnswer> {
  const receivedAt = ports.now();
  if (request.body.length > MAX_BODY_BYTES) throw new RequestRejectedError("payload_too_large");
  const bundle = await ports.definitions.get();
  // A key in the head is checked before anything is unpacked or parsed for its sender.
  const headKey = findBasicKey(request);
  if (headKey !== undefined) findSource(bundle, headKey);
  const body = readCalls(request, route);
  const source = findSource(bundle, headKey ?? findBodyKey(body) ?? findOuterKey(request));
  if (route.kind === "segment" && route.isImport && source.public) throw new RequestRejectedError("import_not_allowed");
  const calls = route.kind === "segment" ? splitSegmentBody(body, route.type) : splitSensorsBody(body);
  const retryAfterSeconds = ports.rateLimit(source.name, Math.max(1, calls.calls.length), receivedAt);
  if (retryAfterSeconds > 0) throw new RequestRejectedError("rate_limited", { retryAfterSeconds });
  const reception: Reception = {
    wire: route.kind,
    source,
    receivedAt,
    ip: request.ip,
    userAgent: request.header("user-agent"),
  };
  const collected = collectCalls(calls, reception, bundle, ports);
  await keep(ports, collected);
  if (!calls.isBatch && collected.failed.length > 0) return answerRefusal(collected);
  if (route.kind === "sensors" && route.asPixel) return answerBytes("image/gif", PIXEL);
  return answerCollected(collected);
}

function readCalls(request: HttpRequest, route: Route): unknown {
  const inQuery = route.kind === "sensors" ? (request.query.get("data_list") ?? request.query.get("data")) : null;
  return inQuery === null || request.body.length > 0 ? readBody(request.body) : readText64(inQuery);
}

function findSource(bundle: CollectBundle, key: string | undefined): Reception["source"] {
  if (key === undefined) throw new RequestRejectedError("write_key_missing");
  const source = bundle.sourcesByKeyHash.get(createHash("sha256").update(key).digest("hex"));
  if (source === undefined) throw new RequestRejectedError("write_key_unknown");
  return source;
}

/** Returns once everything is durable: refused calls first, for a 200 means that those were kept too. */
async function keep(ports: CollectPorts, { accepted, failed }: Collected): Promise<void> {
  if (failed.length > 0) {
    try {
      await ports.failedEvents.store(failed);
    } catch (cause) {
      throw new RequestRejectedError("failed_events_unavailable", { cause });
    }
  }
  if (accepted.length > 0) await ports.stream.put(groupEvents(accepted));
  ports.count("EventsAccepted", accepted.length);
  ports.count("EventsRefused", failed.length);
}

function answerRefusal({ failed: [refused] }: Collected): HttpAnswer {
  return answerJson(400, { success: false, code: refused?.code, message: refused?.message });
}

function answerCollected({ accepted, rejected }: Collected): HttpAnswer {
  return answerJson(
    200,
    rejected.length === 0 ? { success: true } : { success: true, accepted: accepted.length, rejected },
  );
}
