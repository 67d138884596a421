import type { InvocationOutcome } from "../handlers/function-host.ts";
import type { GatewayKind, RoutePlan } from "../template/deployment.ts";
import { httpApi } from "./http-api.ts";
import { readProxyResponse } from "./proxy-response.ts";
import { answerMessage, type GatewayRequest, type GatewayResponse } from "./request.ts";
import { restApi } from "./rest-api.ts";
import { matchRoute, type RouteMatch } from "./route-table.ts";

/** What the two kinds of API Gateway do differently. */
export interface Gateway {
  /** The path that routes are matched against. Throws a URIError where it cannot be read. */
  matchedPath(path: string): string;
  makeEvent(request: GatewayRequest, match: RouteMatch): unknown;
  /** Where the function names none. */
  readonly defaultContentType: string;
  readonly timeoutMs: number;
  noRoute(): GatewayResponse;
  badPath(): GatewayResponse;
  functionFailed(): GatewayResponse;
  timedOut(): GatewayResponse;
}

/** A request over 10 MB does not get through either gateway (quotas, "Payload size"). */
export const maximumBodyBytes = 10 << 20;
/** Lambda takes an event of 6 MB; base64 and headers count. */
const maximumEventBytes = 6 << 20;

const gateways: Readonly<Record<GatewayKind, Gateway>> = { http: httpApi, rest: restApi };

/** Answers requests as the template's API Gateway would, by invoking the functions behind its routes. */
export function makeGateway(
  routes: readonly RoutePlan[],
  invoke: (functionArn: string, event: unknown) => Promise<InvocationOutcome>,
): (request: GatewayRequest) => Promise<GatewayResponse> {
  const gateway = gateways[routes[0]?.gateway ?? "http"];
  return async (request) => {
    if (request.body.length > maximumBodyBytes) return tooLarge();
    const match = findRoute(gateway, routes, request);
    if (!match) return gateway.badPath();
    if (match === "none") return gateway.noRoute();
    const event = gateway.makeEvent(request, match);
    if (Buffer.byteLength(JSON.stringify(event)) > maximumEventBytes) return tooLarge();
    const outcome = await withinTime(invoke(match.route.functionArn, event), gateway.timeoutMs);
    if (outcome === "late") return gateway.timedOut();
    const response = outcome.ok ? readProxyResponse(outcome.payload, gateway.defaultContentType) : undefined;
    return response ?? gateway.functionFailed();
  };
}

export const tooLarge = (): GatewayResponse => answerMessage(413, "Request Entity Too Large");

function findRoute(gateway: Gateway, routes: readonly RoutePlan[], { method, path }: GatewayRequest) {
  try {
    return matchRoute(routes, method, gateway.matchedPath(path)) ?? "none";
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

async function withinTime<T>(work: Promise<T>, limitMs: number): Promise<T | "late"> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
