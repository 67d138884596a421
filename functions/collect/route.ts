import { RequestRejectedError } from "#domain/collect/rejections.ts";

export type Route =
  | { readonly kind: "segment"; readonly type: string; readonly isImport: boolean }
  | { readonly kind: "sensors"; readonly asPixel: boolean }
  | { readonly kind: "settings"; readonly writeKey: string }
  | { readonly kind: "health" };

const LONG_FORMS: ReadonlyMap<string, string> = new Map([
  ["t", "track"],
  ["i", "identify"],
  ["p", "page"],
  ["s", "screen"],
  ["g", "group"],
  ["a", "alias"],
  ["b", "batch"],
  ...["track", "identify", "page", "screen", "group", "alias", "batch", "import"].map((name) => [name, name] as const),
]);

/** The route of a request (api.md, Collection). A trailing slash is what some SDKs are configured with. Throws
 *  RequestRejectedError, `not_found` or `method_not_allowed`. */
export function findRoute(method: string, path: string): Route {
  const parts = path.split("/").filter((part) => part !== "");
  const [first, second, third, fourth] = parts;
  if (parts.length === 1 && first === "healthz") return allow(method, ["GET", "HEAD"], { kind: "health" });
  if (parts.length === 1 && first === "sa") return allow(method, ["POST"], { kind: "sensors", asPixel: false });
  if (parts.length === 1 && first === "sa.gif")
    return allow(method, ["GET", "POST"], { kind: "sensors", asPixel: true });
  if (first === "v1" && second === "projects" && third !== undefined && fourth === "settings" && parts.length === 4) {
    return allow(method, ["GET"], { kind: "settings", writeKey: decode(third) });
  }
  const type = first === "v1" && parts.length === 2 && second !== undefined ? LONG_FORMS.get(second) : undefined;
  if (type === undefined) throw new RequestRejectedError("not_found");
  const isImport = type === "import";
  return allow(method, ["POST"], { kind: "segment", type: isImport ? "batch" : type, isImport });
}

function allow(method: string, allowed: readonly string[], route: Route): Route {
  if (!allowed.includes(method)) throw new RequestRejectedError("method_not_allowed");
  return route;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
