import type { HttpRequest } from "#aws/http-request.ts";
import { OutcomeError } from "../outcome-error.ts";

/** A form of ours has a few rows; nobody has a reason to send more. */
const MAX_BODY_BYTES = 16 * 1024;

/** What was sent to the preference page. */
export type Submission =
  | { readonly kind: "one-click" }
  | { readonly kind: "none" }
  | { readonly kind: "save"; readonly shown: ReadonlySet<string>; readonly chosen: ReadonlySet<string> };

/** Reads what was posted. RFC 8058 asks for the pair `List-Unsubscribe=One-Click`, as a form of either encoding: nothing
 *  else unsubscribes at one click, so that a scanner which posts to links that it finds changes nothing. Throws
 *  OutcomeError. */
export function readSubmission({ body, header }: Pick<HttpRequest, "body" | "header">): Submission {
  if (body.length > MAX_BODY_BYTES) throw new OutcomeError(413, "payload_too_large", "A form is at most 16 KB.");
  const text = Buffer.from(body).toString("utf8");
  if (isOneClick(text, header("content-type") ?? "")) return { kind: "one-click" };
  const form = new URLSearchParams(text);
  const action = form.get("do");
  if (action === "none") return { kind: "none" };
  if (action === "save") {
    return { kind: "save", shown: new Set(form.getAll("shown")), chosen: new Set(form.getAll("on")) };
  }
  throw new OutcomeError(400, "form_unknown", "This is no form of this page.");
}

function isOneClick(text: string, contentType: string): boolean {
  const boundary = /^multipart\/form-data\s*;.*\bboundary="?([^";]{1,70})"?/i.exec(contentType)?.[1];
  if (boundary === undefined) return text.trim() === "List-Unsubscribe=One-Click";
  const parts = text.split(`--${boundary}`).filter((part) => part.trim() !== "" && part.trim() !== "--");
  const [only = ""] = parts;
  const [head = "", value = ""] = only.split(/\r?\n\r?\n/, 2);
  return parts.length === 1 && /;\s*name="?List-Unsubscribe"?\s*(;|$)/im.test(head) && value.trim() === "One-Click";
}
