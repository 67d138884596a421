import type { Construct } from "constructs";
import type { DeploymentContext } from "../deployment-context.ts";
import { HttpFrontDoor } from "./http-front-door.ts";
import { RestFrontDoor } from "./rest-front-door.ts";
import type { StrataFunction } from "./strata-function.ts";

export type Method = "ANY" | "GET" | "HEAD" | "OPTIONS" | "POST";

export interface Route {
  readonly methods: readonly Method[];
  /** e.g. `/v1/projects/{writeKey}/settings`; a last segment `{name+}` takes any number of segments. */
  readonly path: string;
}

/** Where HTTP requests enter. Only listed routes exist; the gateway answers 404 to the others. */
export interface FrontDoor {
  /** Base URL without a trailing slash. */
  readonly url: string;
  route(target: StrataFunction, routes: readonly Route[]): void;
}

/** An HTTP API, a third of the price, or a REST API with `-c edge=rest`. The handlers accept the events of both. */
export function openFrontDoor(scope: Construct, { edge }: Pick<DeploymentContext, "edge">): FrontDoor {
  return edge === "rest" ? new RestFrontDoor(scope, "RestApi") : new HttpFrontDoor(scope, "HttpApi");
}
