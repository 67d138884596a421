import { OutcomeError } from "./outcome-error.ts";

export type Route =
  | { readonly kind: "preferences"; readonly token: string }
  | { readonly kind: "track"; readonly token: string }
  | { readonly kind: "receipts"; readonly channel: string; readonly provider: string }
  | { readonly kind: "inapp" };

/** The route of a request. Throws OutcomeError 404 or 405. */
export function findRoute(method: string, path: string): Route {
  const parts = path.split("/").filter((part) => part !== "");
  const [first = "", second = "", third = "", fourth = ""] = parts;
  if (first === "u" && parts.length === 2)
    return allow(method, ["GET", "HEAD", "POST"], { kind: "preferences", token: second });
  if (first === "t" && parts.length === 2) return allow(method, ["GET", "HEAD"], { kind: "track", token: second });
  if (first === "v1" && second === "inapp" && parts.length === 2) return allow(method, ["GET"], { kind: "inapp" });
  if (first === "v1" && second === "outcomes" && parts.length === 4)
    // WeChat asks by GET whether a URL is ours.
    return allow(method, third === "wechat" ? ["GET", "POST"] : ["POST"], {
      kind: "receipts",
      channel: third,
      provider: fourth,
    });
  throw new OutcomeError(404, "not_found", "No such route.");
}

function allow(method: string, allowed: readonly string[], route: Route): Route {
  if (allowed.includes(method)) return route;
  throw new OutcomeError(405, "method_not_allowed", "The route does not take this method.");
}
