import * as z from "zod";
import type { HttpRequest } from "#aws/http-request.ts";
import { AdminError } from "./admin-error.ts";
import { readJson } from "./read-json.ts";
import type { Route } from "./route.ts";

const MAX_BODY_BYTES = 1024 * 1024;

/** Parses path, query and body of a request by the schemas of its route. Throws AdminError 413 `payload_too_large`, or
 *  400 with the path of every fault. */
export function parseInput(
  route: Pick<Route, "params" | "query" | "body">,
  pathParams: Readonly<Record<string, string>>,
  { query, body }: Pick<HttpRequest, "query" | "body">,
): { params: unknown; query: unknown; body: unknown } {
  if (body.length > MAX_BODY_BYTES) {
    throw new AdminError(413, "payload_too_large", `a body may have ${MAX_BODY_BYTES} bytes`, {
      details: { bytes: body.length },
    });
  }
  const schema = z.object({
    path: route.params ?? z.unknown(),
    // Strict: a misspelt filter that is silently ignored gives wrong answers.
    query: route.query ? route.query.strict() : z.strictObject({}),
    body: route.body ?? z.unknown(),
  });
  const parsed = schema.safeParse({
    path: pathParams,
    query: Object.fromEntries(query),
    body: route.body ? readJson(body) : undefined,
  });
  if (parsed.success) return { params: parsed.data.path, query: parsed.data.query, body: parsed.data.body };
  const faults = parsed.error.issues.map(({ path, code, message }) => ({ path: path.join("."), code, message }));
  const [first] = faults;
  throw new AdminError(400, "request_invalid", first ? `${first.path}: ${first.message}` : "not understood", {
    details: { faults },
  });
}
