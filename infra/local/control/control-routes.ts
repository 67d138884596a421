import { timingSafeEqual } from "node:crypto";
import * as z from "zod";
import { FaultRequest, type Faults } from "../faults.ts";
import { answerMessage, type GatewayRequest, type GatewayResponse } from "../gateway/request.ts";
import { ClockMovingError, type ClockWalk } from "../schedules/clock-walk.ts";
import { ClockRequest, targetOf } from "./clock-request.ts";
import type { Status } from "./describe-status.ts";

interface ControlOptions {
  readonly adminToken: string;
  readonly faults: Faults;
  readonly now: () => number;
  status(): Status;
  /** Moves the clock, firing on the way what falls due. */
  readonly walk: Pick<ClockWalk, "movingTo" | "moveTo">;
  report(error: unknown): void;
}

/** The runtime's own routes, `/local/…`, for whoever holds the admin token; undefined for every other path. */
export function makeControlRoutes(
  options: ControlOptions,
): (request: GatewayRequest) => Promise<GatewayResponse> | undefined {
  const { walk, now, report } = options;
  const tellTime = (status = 200) => {
    const movingTo = walk.movingTo === undefined ? {} : { movingTo: writeInstant(walk.movingTo) };
    return answerJson(status, { now: writeInstant(now()), ...movingTo });
  };
  const routes: Record<string, (request: GatewayRequest) => Promise<GatewayResponse> | GatewayResponse> = {
    "GET /local/status": () => answerJson(200, options.status()),
    "GET /local/clock": () => tellTime(),
    "POST /local/clock": async ({ body }) => {
      const request = ClockRequest.parse(parseJson(body));
      const moving = walk.moveTo(targetOf(request, now()));
      if (!request.wait) {
        moving.catch(report);
        return tellTime(202);
      }
      await moving;
      return tellTime();
    },
    "GET /local/faults": () => answerJson(200, options.faults.remaining()),
    "POST /local/faults": ({ body }) => {
      options.faults.ask(FaultRequest.parse(parseJson(body)));
      return answerJson(200, options.faults.remaining());
    },
  };

  return (request) => {
    if (!request.path.startsWith("/local/")) return undefined;
    return answer(request);
  };

  async function answer(request: GatewayRequest): Promise<GatewayResponse> {
    if (!holdsToken(request, options.adminToken)) return answerError(401, "unauthorized", "the admin token is missing");
    const route = routes[`${request.method} ${request.path}`];
    if (!route) return answerMessage(404, "Not Found");
    try {
      return await route(request);
    } catch (error) {
      if (error instanceof z.ZodError) return answerError(400, "invalid_request", z.prettifyError(error));
      if (error instanceof ClockMovingError) return answerError(409, error.code, error.message);
      throw error;
    }
  }
}

const writeInstant = (instant: number): string => new Date(instant).toISOString();

function holdsToken({ headers }: GatewayRequest, token: string): boolean {
  const given = Buffer.from((headers.authorization ?? "").replace(/^Bearer /i, ""));
  const expected = Buffer.from(token);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Undefined where it is no JSON, which no schema accepts. */
function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

const answerError = (status: number, code: string, message: string) => answerJson(status, { code, message });

function answerJson(status: number, body: unknown): GatewayResponse {
  return { status, headers: { "content-type": "application/json" }, body: Buffer.from(JSON.stringify(body)) };
}
