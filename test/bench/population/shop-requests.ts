import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { seededRandom } from "./random.ts";
import { type Action, anAction, aPerson } from "./shop-action.ts";
import { callOf } from "./shop-call.ts";
import { WRITE_KEY } from "./shop-definitions.ts";
import { ON_THE_WAY_MS } from "./shop-event.ts";

export const EVENTS_A_REQUEST = 20;

export interface ShopRequest {
  readonly actions: readonly Action[];
  /** When it is sent and, to make it simple, received: milliseconds since 1970. */
  readonly sentAt: number;
  /** The body as the SDK sends it: 20 calls of about 1 KB. */
  readonly body: string;
}

/** Requests of 20 events; `eventsAPerson` of each person's follow one another in a request. `personOf` says whose the
 *  `n`th visit is. */
export function* shopRequests(shape: {
  requests: number;
  eventsAPerson: number;
  personOf: (visit: number) => number;
  startAt: number;
}): Generator<ShopRequest> {
  const random = seededRandom(shape.startAt % 2 ** 31);
  let drawn = 0;
  for (let request = 0; request < shape.requests; request++) {
    const at = shape.startAt + request * 1000;
    const actions = Array.from({ length: EVENTS_A_REQUEST }, () => {
      const person = aPerson(shape.personOf(Math.floor(drawn / shape.eventsAPerson)));
      return anAction(random, person, shape.startAt + drawn++, at);
    });
    const sentAt = at + ON_THE_WAY_MS;
    const body = JSON.stringify({ batch: actions.map(callOf), sentAt: new Date(sentAt).toISOString() });
    yield { actions, sentAt, body };
  }
}

/** A request as the HTTP API hands it to the function. */
export function gatewayEvent(body: string): APIGatewayProxyEventV2 {
  return {
    version: "2.0",
    routeKey: "POST /v1/batch",
    rawPath: "/v1/batch",
    rawQueryString: "",
    headers: {
      authorization: `Basic ${Buffer.from(`${WRITE_KEY}:`).toString("base64")}`,
      "content-type": "application/json",
    },
    requestContext: {
      accountId: "1",
      apiId: "a",
      domainName: "api.example.com",
      domainPrefix: "api",
      requestId: "r",
      routeKey: "POST /v1/batch",
      stage: "$default",
      time: "",
      timeEpoch: 0,
      http: { method: "POST", path: "/v1/batch", protocol: "HTTP/1.1", sourceIp: "203.0.113.9", userAgent: "" },
    },
    body,
    isBase64Encoded: false,
  };
}
