import { AdminError } from "./admin-error.ts";
import type { Method, Route } from "./route.ts";

/** Membership keys may hold a slash (`tag:top-category=a/b`), and some gateways decode `%2F` before we see it. */
const MAY_HOLD_SLASHES = new Set(["key"]);
/** How many routes a 404 offers. */
const MAX_HINTS = 12;

interface Pattern {
  readonly route: Route;
  readonly regex: RegExp;
  readonly names: readonly string[];
}

/** Finds the route of a request and the values in its path. Throws AdminError 404 `route_unknown`, which names the
 *  routes nearby, or 405 `method_not_allowed`. */
export function makeRouter(
  routes: readonly Route[],
): (method: string, path: string) => { route: Route; params: Record<string, string> } {
  const patterns = routes.map(patternOf);

  return (method, path) => {
    const matching = patterns.filter(({ regex }) => regex.test(path));
    const pattern = matching.find(({ route }) => route.method === method);
    if (pattern) return { route: pattern.route, params: paramsOf(pattern, path) };
    if (matching.length > 0) throw methodNotAllowed(method, path, [...new Set(matching.map((m) => m.route.method))]);
    throw new AdminError(404, "route_unknown", `there is no ${method} ${path}`, {
      details: { routes: routesNear(path, routes), documentation: "/docs" },
    });
  };
}

function patternOf(route: Route): Pattern {
  const names: string[] = [];
  const source = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    names.push(name);
    return MAY_HOLD_SLASHES.has(name) ? "(.+)" : "([^/]+)";
  });
  return { route, names, regex: new RegExp(`^${source}/?$`) };
}

function paramsOf({ regex, names }: Pattern, path: string): Record<string, string> {
  const values = regex.exec(path)?.slice(1) ?? [];
  return Object.fromEntries(names.map((name, index) => [name, decode(values[index] ?? "")]));
}

/** A gateway that has decoded the path already may leave a lone `%`, which then stands for itself. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function methodNotAllowed(method: string, path: string, allowed: readonly Method[]): AdminError {
  return new AdminError(405, "method_not_allowed", `${path} does not take ${method}`, {
    details: { allowed },
    headers: { allow: allowed.join(", ") },
  });
}

/** The routes that share the first word after `/admin/v1`, or all where none does. */
function routesNear(path: string, routes: readonly Route[]): string[] {
  const word = path.split("/")[3] ?? "";
  const near = routes.filter((route) => route.path.split("/")[3] === word);
  return (near.length > 0 ? near : routes).slice(0, near.length > 0 ? MAX_HINTS : routes.length).map(nameOf);
}

function nameOf({ method, path }: Route): string {
  return `${method} ${path}`;
}
