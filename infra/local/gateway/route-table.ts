import type { RoutePlan } from "../template/deployment.ts";

export interface RouteMatch {
  readonly route: RoutePlan;
  /** As they stand in the path, encoded or not. */
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Finds the route of a request by API Gateway's order: literal segments before `{name}` before `{name+}`, and the
 * method's own route before ANY (developer guide, "Route API requests").
 */
export function matchRoute(routes: readonly RoutePlan[], method: string, path: string): RouteMatch | undefined {
  const segments = path.split("/").slice(1);
  return routes
    .filter((route) => route.method === method || route.method === "ANY")
    .flatMap((route) => {
      const parameters = matchPath(route.path.split("/").slice(1), segments);
      return parameters ? [{ route, parameters }] : [];
    })
    .sort((a, b) => specificity(b.route).localeCompare(specificity(a.route)))[0];
}

function matchPath(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  const greedy = pattern.at(-1)?.endsWith("+}") === true;
  if (greedy ? segments.length < pattern.length : segments.length !== pattern.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const name = /^\{(.+?)\+?\}$/.exec(expected)?.[1];
    const segment = segments[index] ?? "";
    if (name === undefined) {
      if (segment !== expected) return undefined;
    } else {
      parameters[name] = expected.endsWith("+}") ? segments.slice(index).join("/") : segment;
      if (parameters[name] === "") return undefined;
    }
  }
  return parameters;
}

/** Sorts more specific routes higher: a digit for each segment, then one for the method. */
function specificity({ path, method }: RoutePlan): string {
  const segments = path.split("/").map((segment) => (segment.endsWith("+}") ? 0 : segment.startsWith("{") ? 1 : 2));
  return `${segments.join("")}${method === "ANY" ? 0 : 1}`;
}
