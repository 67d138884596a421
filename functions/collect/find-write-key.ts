import type { HttpRequest } from "#aws/http-request.ts";
import { asObject } from "#domain/collect/json-object.ts";

const QUERY_NAMES = ["writeKey", "token", "project"] as const;

/** The write key of a request's head: the Basic user name, which SDKs of servers and browsers send. */
export function findBasicKey(request: HttpRequest): string | undefined {
  const credentials = /^basic +([A-Za-z0-9+/_=-]+)\s*$/i.exec(request.header("authorization") ?? "")?.[1];
  if (credentials === undefined) return undefined;
  const [user = ""] = Buffer.from(credentials, "base64").toString("utf8").split(":", 1);
  return user === "" ? undefined : user;
}

/** `writeKey` in the body. */
export function findBodyKey(body: unknown): string | undefined {
  const key = asObject(body)?.writeKey;
  return typeof key === "string" && key !== "" ? key : undefined;
}

/** `X-Write-Key`, or a query parameter; Sensors SDKs are configured with a URL alone. */
export function findOuterKey(request: HttpRequest): string | undefined {
  const inHeader = request.header("x-write-key")?.trim();
  if (inHeader) return inHeader;
  return QUERY_NAMES.map((name) => request.query.get(name)).find((key) => key !== null && key !== "") ?? undefined;
}
