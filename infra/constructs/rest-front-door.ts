import { Stack } from "aws-cdk-lib";
import { EndpointType, LambdaIntegration, RestApi } from "aws-cdk-lib/aws-apigateway";
import { Construct } from "constructs";
import type { FrontDoor, Route } from "./front-door.ts";
import type { StrataFunction } from "./strata-function.ts";

const stageName = "prod";

/** API Gateway's REST API: usage plans, every body as bytes, and LocalStack's free edition has it. */
export class RestFrontDoor extends Construct implements FrontDoor {
  readonly #api: RestApi;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.#api = new RestApi(this, "Resource", {
      description: "Strata",
      endpointTypes: [EndpointType.REGIONAL],
      // Without it API Gateway reads bodies as text and destroys gzip.
      binaryMediaTypes: ["*/*"],
      // The role would be one for the whole account and all its APIs.
      cloudWatchRole: false,
      deployOptions: { stageName },
    });
  }

  /** Put together by hand: the CDK's own waits for the stage, which waits for the functions, which are told it. */
  get url(): string {
    const { region, urlSuffix } = Stack.of(this);
    return `https://${this.#api.restApiId}.execute-api.${region}.${urlSuffix}/${stageName}`;
  }

  route(target: StrataFunction, routes: readonly Route[]): void {
    const integration = new LambdaIntegration(target.lambda, {
      proxy: true,
      allowTestInvoke: false,
      // One permission for the API: a function's policy has room for some fifty, and there are as many routes.
      scopePermissionToMethod: false,
    });
    for (const { path, methods } of routes) {
      const resource = this.#api.root.resourceForPath(path);
      for (const method of methods) resource.addMethod(method, integration);
    }
  }
}
