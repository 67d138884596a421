import type { RoutePlan } from "./deployment.ts";
import type { ReadType } from "./plan-deployment.ts";
import * as types from "./resource-types.ts";
import { TemplateError } from "./template-error.ts";

/** Routes of every gateway in the template. */
export function planRoutes(read: ReadType): RoutePlan[] {
  return [...planHttpApi(read), ...planRestApi(read)];
}

function planHttpApi(read: ReadType): RoutePlan[] {
  read("AWS::ApiGatewayV2::Api", types.HttpApi);
  read("AWS::ApiGatewayV2::Stage", types.HttpApiStage);
  const integrations = new Map(
    read("AWS::ApiGatewayV2::Integration", types.HttpApiIntegration).map(({ id, properties }) => [id, properties]),
  );
  return read("AWS::ApiGatewayV2::Route", types.HttpApiRoute).map(({ logicalId, properties }) => {
    const integration = integrations.get(properties.Target.replace("integrations/", ""));
    const [method, path] = properties.RouteKey.split(" ");
    if (!integration || method === undefined || path === undefined) {
      throw new TemplateError(`${logicalId} (AWS::ApiGatewayV2::Route): ${properties.RouteKey} is not known locally`);
    }
    return {
      gateway: "http",
      apiId: properties.ApiId,
      stage: "$default",
      method,
      path,
      functionArn: integration.IntegrationUri,
    };
  });
}

function planRestApi(read: ReadType): RoutePlan[] {
  read("AWS::ApiGateway::RestApi", types.RestApi);
  const stages = read("AWS::ApiGateway::Stage", types.RestApiStage);
  const resources = new Map(
    read("AWS::ApiGateway::Resource", types.RestApiResource).map(({ id, properties }) => [id, properties]),
  );
  const pathOf = (id: string): string => {
    const resource = resources.get(id);
    return resource ? `${pathOf(resource.ParentId)}/${resource.PathPart}` : "";
  };
  return read("AWS::ApiGateway::Method", types.RestApiMethod).map(({ logicalId, properties }) => {
    const functionArn = /functions\/(.+)\/invocations$/.exec(properties.Integration.Uri)?.[1];
    const stage = stages.find((candidate) => candidate.properties.RestApiId === properties.RestApiId);
    if (functionArn === undefined || !stage) {
      throw new TemplateError(`${logicalId} (AWS::ApiGateway::Method): ${properties.Integration.Uri} is no function`);
    }
    return {
      gateway: "rest",
      apiId: properties.RestApiId,
      stage: stage.properties.StageName,
      method: properties.HttpMethod,
      path: pathOf(properties.ResourceId) || "/",
      functionArn,
    };
  });
}
