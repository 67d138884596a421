import { createHash } from "node:crypto";
import type { HttpAnswer } from "./http-answer.ts";

/** Answers a page that loads nothing, runs nothing and cannot be framed: its one style sheet is allowed by its hash, and
 *  its forms go to where it came from. It is nobody else's to keep, index or learn the address of. */
export function answerPage(
  statusCode: number,
  page: { readonly html: string; readonly style: string },
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  const styleHash = createHash("sha256").update(page.style).digest("base64");
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    statusCode,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "Content-Security-Policy": policy.join("; "),
      "Referrer-Policy": "no-referrer",
      "X-Robots-Tag": "noindex, nofollow",
      ...headers,
    },
    body: page.html,
    isBase64Encoded: false,
  };
}
