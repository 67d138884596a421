import type { HttpRequest } from "#aws/http-request.ts";
import { renderDocsPage } from "./docs-page.ts";
import { makeOpenApiDocument } from "./openapi.ts";

import type { Answer } from "./route.ts";
import { routes } from "./routes.ts";

/** The page is text and one style sheet of its own: nothing else may load or run. */
const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** One warm function makes the document once: it never changes while the code does not. */
let made: { json: object; page: string } | undefined;

/** Answers `GET /openapi.json` and `GET /docs`, which ask for no token; undefined for every other request. */
export function answerDocuments({ method, path }: Pick<HttpRequest, "method" | "path">): Answer | undefined {
  if (method !== "GET" || (path !== "/openapi.json" && path !== "/docs")) return undefined;
  if (!made) {
    const json = makeOpenApiDocument(routes);
    made = { json, page: renderDocsPage(json) };
  }
  const headers = { "Cache-Control": "public, max-age=300" };
  return path === "/docs"
    ? { status: 200, body: made.page, headers: { ...headers, "Content-Security-Policy": PAGE_POLICY } }
    : { status: 200, body: made.json, headers };
}
