import { describe, expect, test } from "vitest";
import { Resolver } from "../../infra/local/template/resolve.ts";
import { lambda, makeAssembly, stream, table } from "./small-assembly.ts";

describe("intrinsic functions", () => {
  const { assembly } = makeAssembly(
    { Events: stream, Fold: lambda },
    {
      Resources: { Profiles: table },
      Outputs: {
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of Fn::Sub
        Name: { Value: { Ref: "Profiles" }, Export: { Name: { "Fn::Sub": "${AWS::StackName}:ProfilesName" } } },
      },
    },
  );
  const [app] = assembly.stacks;
  const resolve = (value: unknown): unknown => app && new Resolver(assembly).resolve(value, app);

  test.each<[string, unknown, unknown]>([
    ["Ref of a resource", { Ref: "Events" }, "App-Events"],
    ["Ref of a parameter", { Ref: "BootstrapVersion" }, "/cdk"],
    ["Ref of a pseudo parameter", { Ref: "AWS::Region" }, "us-east-1"],
    ["GetAtt", { "Fn::GetAtt": ["Fold", "Arn"] }, "arn:aws:lambda:us-east-1:000000000000:function:App-Fold"],
    ["GetAtt as a string", { "Fn::GetAtt": "Events.Arn" }, "arn:aws:kinesis:us-east-1:000000000000:stream/App-Events"],
    ["Join", { "Fn::Join": ["/", ["a", { Ref: "AWS::Partition" }]] }, "a/aws"],
    ["Split and Select", { "Fn::Select": [1, { "Fn::Split": [":", "a:b:c"] }] }, "b"],
    [
      "Sub",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of Fn::Sub
      { "Fn::Sub": "${AWS::Region}/${Events}/${Fold.Arn}/${!Literal}" },
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of Fn::Sub
      "us-east-1/App-Events/arn:aws:lambda:us-east-1:000000000000:function:App-Fold/${Literal}",
    ],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of Fn::Sub
    ["Sub with variables", { "Fn::Sub": ["${x}!", { x: { Ref: "Events" } }] }, "App-Events!"],
    ["ImportValue from the other stack", { "Fn::ImportValue": "Data:ProfilesName" }, "Data-Profiles"],
    ["If", { "Fn::If": ["InChina", "cn", "elsewhere"] }, "elsewhere"],
    ["NoValue", { a: { Ref: "AWS::NoValue" }, b: [{ Ref: "AWS::NoValue" }, 1] }, { b: [1] }],
  ])("%s", (_, value, expected) => {
    expect(resolve(value)).toEqual(expected);
  });

  test.each<[string, unknown, RegExp]>([
    ["a missing resource", { Ref: "Nothing" }, /no resource Nothing/],
    ["an unknown attribute", { "Fn::GetAtt": ["Events", "Colour"] }, /Events \(AWS::Kinesis::Stream\).*Colour/],
    ["an unknown function", { "Fn::Cidr": [] }, /Fn::Cidr/],
    ["an export that nobody makes", { "Fn::ImportValue": "x" }, /exports x/],
  ])("%s is an error that names it", (_, value, expected) => {
    expect(() => resolve(value)).toThrow(expected);
  });
});
