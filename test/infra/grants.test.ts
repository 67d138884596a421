import { describe, expect, test } from "vitest";
import { findStatements, findWildcardGrants } from "./policy-statements.ts";
import { synthesise } from "./synthesised.ts";

const editions = ["http", "rest"].map((edge) => {
  const { data, functions } = synthesise({ edge });
  return { edge, data, functions, templates: [data.toJSON(), functions.toJSON()] };
});

describe.each(editions)("grants, with the $edge edge", ({ templates, functions }) => {
  test("name every action: none is a wildcard", () => {
    expect(templates.flatMap((template) => findStatements(template)).length).toBeGreaterThan(20);
    expect(templates.flatMap(findWildcardGrants)).toEqual([]);
  });

  test("name every resource: none is *, except in the key's policy, where it means the key itself", () => {
    const open = findStatements(functions.toJSON()).filter(({ resource }) => [resource].flat().includes("*"));
    expect(open).toEqual([]);
  });

  test("use no managed policies, which AWS may widen", () => {
    for (const role of Object.values(functions.findResources("AWS::IAM::Role"))) {
      expect(role.Properties).not.toHaveProperty("ManagedPolicyArns");
    }
  });

  test("let the admin function and the slices of re-tiering alone scan", () => {
    const scanning = Object.entries(functions.findResources("AWS::IAM::Policy")).filter(([, policy]) =>
      findStatements(policy).some(({ actions }) => actions.includes("dynamodb:Scan")),
    );
    expect(scanning.map(([id]) => id).toSorted()).toEqual([
      expect.stringMatching(/^AdminRole/),
      expect.stringMatching(/^RetierRole/),
    ]);
  });

  test.each([
    ["Identities", "PutItem", ["Admin", "Decide", "Fold", "FoldRefold", "Import", "Retier", "Wake", "WakeWakeDue"]],
    [
      "Activity",
      "BatchWriteItem",
      ["Admin", "Decide", "Fold", "FoldRefold", "Import", "Retier", "Wake", "WakeWakeDue"],
    ],
    ["Metrics", "Query", ["Admin"]],
    ["Metrics", "UpdateItem", ["Decide", "Fold", "FoldRefold", "WakeWakeDue"]],
  ])(
    "let %s take %s from those alone who merge people, take them apart, let them in or list conflicts",
    (table, action, allowed) => {
      const granted = Object.entries(functions.findResources("AWS::IAM::Policy")).filter(([, policy]) =>
        findStatements(policy).some(
          ({ actions, resource }) =>
            actions.includes(`dynamodb:${action}`) && JSON.stringify(resource).includes(`Att${table}Arn`),
        ),
      );
      expect(granted.map(([id]) => id.replace(/ServiceRole.*|Role.*/, "")).toSorted()).toEqual(allowed);
    },
  );

  test("let the sender of e-mail alone send e-mail, in the name of identities of this account", () => {
    const statements = Object.entries(functions.findResources("AWS::IAM::Policy")).flatMap(([id, policy]) =>
      findStatements(policy).flatMap(({ actions, resource }) =>
        actions.some((action) => action.startsWith("ses:"))
          ? [[id.replace(/Role.*/, ""), JSON.stringify(resource)]]
          : [],
      ),
    );
    expect(statements).toEqual([
      ["SendSendEmail", expect.stringMatching(/:ses:\*:",{"Ref":"AWS::AccountId"},":identity\/\*"/)],
    ]);
  });

  test("let the admin function put messages into queues and read two secrets of the deployment, none of a provider", () => {
    const statements = Object.entries(functions.findResources("AWS::IAM::Policy"))
      .filter(([id]) => id.startsWith("Admin"))
      .flatMap(([, policy]) => findStatements(policy));
    const of = (service: string) => statements.filter(({ actions }) => actions.some((one) => one.startsWith(service)));
    expect(new Set(of("sqs:").flatMap(({ actions }) => actions))).toEqual(new Set(["sqs:SendMessage"]));
    const queues = JSON.stringify(of("sqs:").map(({ resource }) => resource)).match(/\w+Queue(?=")/g);
    expect(queues?.toSorted()).toEqual(
      ["Email", "Import", "Inapp", "Log", "Push", "Retier", "Sms", "Webhook", "Wechat"].map((name) => `${name}Queue`),
    );
    const secrets = of("secretsmanager:").map(({ resource }) => JSON.stringify(resource));
    for (const secret of secrets) expect(secret).toMatch(/RefAdminToken|RefLinkKey/);
    expect(secrets).toHaveLength(2);
  });

  test("let senders read the secrets of providers below strata/ and the key of links, and no other secret", () => {
    const secrets = Object.entries(functions.findResources("AWS::IAM::Policy"))
      .filter(([id]) => id.startsWith("Send"))
      .flatMap(([, policy]) => findStatements(policy))
      .filter(({ actions }) => actions.includes("secretsmanager:GetSecretValue"))
      .map(({ resource }) => JSON.stringify(resource));
    expect(new Set(secrets).size).toBe(2);
    for (const secret of secrets) expect(secret).toMatch(/:secret:strata\/\*"|RefLinkKey/);
  });

  test("let the key be used only through DynamoDB", () => {
    const policies = JSON.stringify(functions.findResources("AWS::IAM::Policy"));
    const uses = policies.split('"kms:Decrypt"').length - 1;
    expect(uses).toBeGreaterThan(0);
    expect(policies.split('"kms:ViaService"').length - 1).toBe(uses);
  });
});

describe("the check for wildcard actions", () => {
  const policy = (statement: object) => ({ Resources: { Role: { Policies: [{ Statement: [statement] }] } } });

  test.each([
    [{ Effect: "Allow", Action: "*", Resource: "*" }, "allows *"],
    [{ Effect: "Allow", Action: ["s3:GetObject", "s3:List*"], Resource: "a" }, "allows s3:List*"],
    [{ Effect: "Allow", NotAction: "iam:PassRole", Resource: "a" }, "allows all but a list"],
  ])("finds %j", (statement, finding) => {
    expect(findWildcardGrants(policy(statement))).toEqual([expect.stringContaining(finding)]);
  });

  test("lets a Deny take everything away", () => {
    expect(findWildcardGrants(policy({ Effect: "Deny", Action: "s3:*", Resource: "a" }))).toEqual([]);
  });
});
