import * as z from "zod";
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from "zod-openapi";

/** The collection routes of the document: their bodies are other people's contracts (the SDKs'), so they are described,
 *  and read by functions/collect. */
const SHORT_FORMS = {
  track: "t",
  identify: "i",
  page: "p",
  screen: "s",
  group: "g",
  alias: "a",
  batch: "b",
  import: undefined,
} as const;

const Call = z
  .looseObject({
    messageId: z.string().optional(),
    userId: z.string().optional(),
    anonymousId: z.string().optional(),
    timestamp: z.string().optional(),
    sentAt: z.string().optional(),
    event: z.string().optional().meta({ description: "track: its name." }),
    properties: z.record(z.string(), z.unknown()).optional(),
    traits: z.record(z.string(), z.unknown()).optional(),
    context: z.record(z.string(), z.unknown()).optional(),
    writeKey: z.string().optional(),
  })
  .meta({
    id: "Call",
    example: {
      messageId: "node-next-1719-2a",
      userId: "u1",
      timestamp: "2026-03-01T09:30:00.000Z",
      event: "Order Completed",
      properties: { order_id: "536365", revenue: 139.12, currency: "GBP" },
    },
  });

const Batch = z
  .looseObject({ batch: z.array(Call).max(2_500), sentAt: z.string().optional(), writeKey: z.string().optional() })
  .meta({
    id: "Batch",
    example: {
      batch: [{ type: "identify", userId: "u1", traits: { city: "上海" } }],
      sentAt: "2026-03-01T09:30:00.000Z",
    },
  });

const Accepted = z
  .object({
    success: z.literal(true),
    accepted: z.int().optional(),
    rejected: z.array(z.object({ index: z.int(), code: z.string() })).optional(),
  })
  .meta({ id: "Accepted", example: { success: true, accepted: 48, rejected: [{ index: 3, code: "no_identity" }] } });

const Refused = z
  .looseObject({ success: z.literal(false), code: z.string(), message: z.string().optional() })
  .meta({ id: "Refused", example: { success: false, code: "no_identity", message: "neither userId nor anonymousId" } });

const SdkSettings = z.object({ integrations: z.record(z.string(), z.record(z.string(), z.unknown())) }).meta({
  id: "SdkSettings",
  example: { integrations: { "Segment.io": { apiKey: "wk_…", apiHost: "example.com/v1" } } },
});

const Alive = z.looseObject({}).meta({ id: "Alive" });

const keys = [{ writeKeyBasic: [] }, { writeKeyHeader: [] }, { writeKeyQuery: [] }, {}];

function json(description: string, schema: z.ZodType) {
  return { description, content: { "application/json": { schema } } };
}

const refusals = {
  "400": json("Refused, or not understood: payload_too_large, no_identity, …", Refused),
  "401": json("The write key is unknown or revoked.", Refused),
  "415": json("compressed_body_mangled: the gateway spoilt a gzip body; the message names the fix.", Refused),
  "429": json("The stream is over its rate: wait Retry-After seconds.", Refused),
  "503": json("Not all of it is durable: send it again.", Refused),
};

function segmentOperation(call: string, path: string): ZodOpenApiOperationObject {
  const isBatch = call === "batch" || call === "import";
  return {
    operationId: `collect${path.slice("/v1/".length)}`,
    tags: ["Collection"],
    summary: isBatch ? `Send many calls (${call})` : `Send ${/^[aei]/.test(call) ? "an" : "a"} ${call} call`,
    description:
      "As Segment and RudderStack SDKs send it; gzip is recognised by its bytes. 200 only after every accepted event is durable.",
    security: keys,
    requestBody: { required: true, content: { "application/json": { schema: isBatch ? Batch : Call } } },
    responses: { "200": json("Durable.", Accepted), ...refusals },
  };
}

const sensorsQuery = z.object({
  project: z.string().optional().meta({ description: "The write key." }),
  data: z.string().optional().meta({ description: "One call: base64 of JSON, which may be gzipped." }),
  data_list: z.string().optional().meta({ description: "Many calls, likewise." }),
  gzip: z.string().optional(),
});

const SensorsForm = sensorsQuery.omit({ project: true }).meta({ id: "SensorsForm" });

function sensorsOperation(operationId: string, withBody: boolean, gif: boolean): ZodOpenApiOperationObject {
  return {
    operationId,
    tags: ["Collection"],
    summary: "Send calls of a Sensors Data SDK",
    description: "`server_url: <host>/sa?project=<writeKey>`",
    security: keys,
    requestParams: { query: sensorsQuery },
    ...(withBody && {
      requestBody: {
        content: {
          "application/x-www-form-urlencoded": {
            schema: SensorsForm,
          },
        },
      },
    }),
    responses: {
      "200": gif ? { description: "A pixel.", content: { "image/gif": {} } } : json("Durable.", Accepted),
      ...refusals,
    },
  };
}

export const collectionPaths: ZodOpenApiPathsObject = {
  ...Object.fromEntries(
    Object.entries(SHORT_FORMS).flatMap(([call, short]) =>
      [call, ...(short === undefined ? [] : [short])].map((word) => [
        `/v1/${word}`,
        { post: segmentOperation(call, `/v1/${word}`) },
      ]),
    ),
  ),
  "/v1/projects/{writeKey}/settings": {
    get: {
      operationId: "getSdkSettings",
      tags: ["Collection"],
      summary: "Settings for analytics-next",
      requestParams: { path: z.object({ writeKey: z.string() }) },
      responses: { "200": json("Where the browser SDK sends to.", SdkSettings), "401": refusals["401"] },
    },
  },
  "/sa": { post: sensorsOperation("sendSensors", true, false) },
  "/sa.gif": {
    get: sensorsOperation("getSensorsPixel", false, true),
    post: sensorsOperation("postSensorsPixel", true, true),
  },
  "/healthz": {
    get: {
      operationId: "getHealth",
      tags: ["Collection"],
      summary: "Liveness",
      responses: { "200": json("Alive.", Alive) },
    },
  },
  "/openapi.json": {
    get: {
      operationId: "getOpenApi",
      tags: ["Documentation"],
      summary: "This document",
      responses: { "200": { description: "OpenAPI 3.1.", content: { "application/json": {} } } },
    },
  },
  "/docs": {
    get: {
      operationId: "getDocs",
      tags: ["Documentation"],
      summary: "This document as a page",
      responses: { "200": { description: "HTML.", content: { "text/html": {} } } },
    },
  },
};
