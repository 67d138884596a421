import { describe, expect, test } from "vitest";
import { synthesise } from "./synthesised.ts";

const collection = [
  ...[
    "track",
    "identify",
    "page",
    "screen",
    "group",
    "alias",
    "batch",
    "import",
    "t",
    "i",
    "p",
    "s",
    "g",
    "a",
    "b",
  ].flatMap((call) => [`POST /v1/${call}`, `OPTIONS /v1/${call}`]),
  "GET /v1/projects/{writeKey}/settings",
  "OPTIONS /v1/projects/{writeKey}/settings",
  "POST /sa",
  "OPTIONS /sa",
  "GET /sa.gif",
  "POST /sa.gif",
  "OPTIONS /sa.gif",
  "GET /healthz",
  "OPTIONS /healthz",
];
const administration = ["ANY /admin/v1/{proxy+}", "GET /openapi.json", "GET /docs"];
const outcomes = [
  "GET /t/{token}",
  "HEAD /t/{token}",
  "GET /u/{token}",
  "HEAD /u/{token}",
  "POST /u/{token}",
  "GET /v1/outcomes/{channel}/{provider}",
  "POST /v1/outcomes/{channel}/{provider}",
  "GET /v1/inapp",
  "OPTIONS /v1/inapp",
];
const everyRoute = [...collection, ...administration, ...outcomes].toSorted();

interface RestResource {
  readonly ParentId: { readonly Ref?: string };
  readonly PathPart: string;
}

describe("the HTTP API", () => {
  const { functions: template } = synthesise();

  test("has exactly the documented routes", () => {
    const routes = Object.values(template.findResources("AWS::ApiGatewayV2::Route"));
    const keys = routes.map(({ Properties }): string => Properties.RouteKey);
    expect(keys.toSorted()).toEqual(everyRoute);
  });

  test("hands requests over as payload 2.0, and leaves CORS to the handlers", () => {
    template.allResourcesProperties("AWS::ApiGatewayV2::Integration", { PayloadFormatVersion: "2.0" });
    const [api] = Object.values(template.findResources("AWS::ApiGatewayV2::Api"));
    expect(api?.Properties).not.toHaveProperty("CorsConfiguration");
    template.resourceCountIs("AWS::ApiGateway::RestApi", 0);
  });
});

describe("the REST API, with -c edge=rest", () => {
  const { functions: template } = synthesise({ edge: "rest" });

  test("has exactly the documented routes", () => {
    const resources = template.findResources("AWS::ApiGateway::Resource");
    const pathOf = (id: string): string => {
      const properties: RestResource | undefined = resources[id]?.Properties;
      if (properties === undefined) return "";
      return `${pathOf(properties.ParentId.Ref ?? "")}/${properties.PathPart}`;
    };
    const methods = Object.values(template.findResources("AWS::ApiGateway::Method"));
    const routes = methods.map(({ Properties }) => `${Properties.HttpMethod} ${pathOf(Properties.ResourceId.Ref)}`);
    expect(routes.toSorted()).toEqual(everyRoute);
  });

  test("takes every body as bytes and proxies it whole", () => {
    template.hasResourceProperties("AWS::ApiGateway::RestApi", { BinaryMediaTypes: ["*/*"] });
    template.allResourcesProperties("AWS::ApiGateway::Method", { Integration: { Type: "AWS_PROXY" } });
    template.resourceCountIs("AWS::ApiGatewayV2::Api", 0);
  });

  test("needs no role for the whole account", () => {
    template.resourceCountIs("AWS::ApiGateway::Account", 0);
  });
});

test("a function has one permission a trigger: its policy has a size limit", () => {
  for (const edge of ["http", "rest"]) {
    // Collect, Admin and OutcomeHttp by the API, Refold and Wake by their schedules, RetierPlan by two, Outcome by mails.
    synthesise({ edge }).functions.resourceCountIs("AWS::Lambda::Permission", 8);
  }
});

test.each(["http://api.example.com", "https://api.example.com/", "https://", "api.example.com"])(
  "a public URL that links cannot begin with is refused: %s",
  (publicUrl) => {
    expect(() => synthesise({ publicUrl })).toThrow("-c publicUrl");
  },
);

test("another edge is refused", () => {
  expect(() => synthesise({ edge: "graphql" })).toThrow("-c edge=graphql");
});
