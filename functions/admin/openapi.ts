import type * as z from "zod";
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from "zod-openapi";
import { ErrorAnswer } from "#events/admin-api/answer.ts";
import { Definition } from "#events/definitions/index.ts";
import { collectionPaths } from "./collection-openapi.ts";
import type { AnswerDoc, Route } from "./route.ts";

/** What every route of administration may refuse with. */
const COMMON_REFUSALS: Readonly<Record<number, string>> = {
  400: "request_invalid, body_not_json, cursor_invalid",
  401: "token_missing, token_unknown",
  403: "role_too_weak",
  503: "something behind the API is busy; try again after Retry-After seconds",
};

/** The OpenAPI 3.1 document of the whole HTTP API: the administration routes from the very table that the router
 *  reads, and the collection routes. */
export function makeOpenApiDocument(routes: readonly Route[]) {
  const paths: ZodOpenApiPathsObject = { ...collectionPaths };
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return createDocument({
    openapi: "3.1.1",
    info: {
      title: "Strata",
      version: "1",
      description:
        "Collection takes what Segment, RudderStack and Sensors Data SDKs send. Administration reads people, tags and definitions, and changes them.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/", description: "Where this document came from." }],
    tags: [
      { name: "Collection", description: "Authorised by a source's write key." },
      ...[...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    ],
    components: {
      // What each kind of definition asks for: bodies are checked by these, with faults that name their paths.
      schemas: Object.fromEntries(Definition.options.map((schema) => [schema.meta()?.id ?? "", schema])),
      securitySchemes: {
        adminToken: {
          type: "http",
          scheme: "bearer",
          description: "An administration token; viewer < operator < admin.",
        },
        writeKeyBasic: { type: "http", scheme: "basic", description: "The write key as the user name, no password." },
        writeKeyHeader: { type: "apiKey", in: "header", name: "x-write-key" },
        writeKeyQuery: { type: "apiKey", in: "query", name: "writeKey", description: "Or `token`, or `project`." },
      },
    },
    paths,
  });
}

function operationOf(route: Route): ZodOpenApiOperationObject {
  const refusals = { ...COMMON_REFUSALS };
  for (const [status, codes] of Object.entries(route.refusals ?? {})) {
    const common = refusals[Number(status)];
    refusals[Number(status)] = common === undefined ? codes : `${codes}, ${common}`;
  }
  const parameters = Object.entries(route.headers ?? {}).map(([name, description]) => ({
    name,
    in: "header" as const,
    description,
    schema: { type: "string" as const },
  }));
  return {
    operationId: operationIdOf(route),
    tags: [route.tag],
    summary: route.summary,
    description: [route.description, `Role: ${route.role}.`].filter(Boolean).join(" "),
    security: [{ adminToken: [] }],
    requestParams: {
      ...(route.params && { path: route.params }),
      ...(route.query && { query: route.query }),
    },
    ...(parameters.length > 0 && { parameters }),
    ...(route.body && {
      requestBody: { required: true, content: { "application/json": { schema: route.body } } },
    }),
    responses: {
      ...mapStatuses(route.answers, answerOf),
      ...mapStatuses(refusals, (codes) => answerOf({ description: codes, schema: ErrorAnswer })),
    },
  };
}

function answerOf({ description, schema }: AnswerDoc): {
  description: string;
  content?: Record<string, { schema: z.ZodType }>;
} {
  return { description, ...(schema && { content: { "application/json": { schema } } }) };
}

function mapStatuses<From, To>(byStatus: Readonly<Record<number, From>>, map: (from: From) => To) {
  const mapped: Record<`${1 | 2 | 3 | 4 | 5}${string}`, To> = {};
  for (const [status, from] of Object.entries(byStatus)) mapped[status as `2${string}`] = map(from);
  return mapped;
}

/** `GET /admin/v1/profiles/{id}/activity` as `getProfilesIdActivity`. */
function operationIdOf({ method, path }: Route): string {
  const words = path
    .replace("/admin/v1", "")
    .split(/[^a-zA-Z0-9]+/)
    .filter(Boolean);
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}
