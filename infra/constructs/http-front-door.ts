import { HttpApi, HttpMethod, PayloadFormatVersion } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { Construct } from "constructs";
import type { FrontDoor, Method, Route } from "./front-door.ts";
import type { StrataFunction } from "./strata-function.ts";

const httpMethods: Record<Method, HttpMethod> = {
  ANY: HttpMethod.ANY,
  GET: HttpMethod.GET,
  HEAD: HttpMethod.HEAD,
  OPTIONS: HttpMethod.OPTIONS,
  POST: HttpMethod.POST,
};

/** API Gateway's HTTP API with payload 2.0. CORS is the handlers' matter, so that both gateways answer alike. */
export class HttpFrontDoor extends Construct implements FrontDoor {
  readonly #api: HttpApi;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.#api = new HttpApi(this, "Resource", { description: "Strata" });
  }

  get url(): string {
    return this.#api.apiEndpoint;
  }

  route(target: StrataFunction, routes: readonly Route[]): void {
    const integration = new HttpLambdaIntegration(`To${target.node.id}`, target.lambda, {
      payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
      // One permission for the API: a function's policy has room for some fifty, and there are as many routes.
      scopePermissionToRoute: false,
    });
    for (const { path, methods } of routes) {
      this.#api.addRoutes({ path, methods: methods.map((method) => httpMethods[method]), integration });
    }
  }
}
