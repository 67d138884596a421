import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { synthesise } from "./synthesised.ts";

const { data } = synthesise();
const tables = Object.entries(data.findResources("AWS::DynamoDB::Table"));

describe("tables", () => {
  test("are those of the design, with ids that no refactoring changes", () => {
    expect(tables.map(([id]) => id).toSorted()).toEqual([
      "Activity",
      "Audit",
      "Caps",
      "Consents",
      "Definitions",
      "Identities",
      "Metrics",
      "Profiles",
      "Runs",
      "Suppressions",
      "Tags",
      "Timers",
      "Touches",
      "Work",
    ]);
  });

  test.each(tables)(
    "%s is on-demand, recoverable, encrypted with our key, kept, and has no index and no stream",
    (_, table) => {
      expect(table.Properties).toMatchObject({
        BillingMode: "PAY_PER_REQUEST",
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true, SSEType: "KMS", KMSMasterKeyId: { "Fn::GetAtt": ["DataKey", "Arn"] } },
        DeletionProtectionEnabled: true,
      });
      expect(table.Properties).not.toHaveProperty("GlobalSecondaryIndexes");
      expect(table.Properties).not.toHaveProperty("LocalSecondaryIndexes");
      expect(table.Properties).not.toHaveProperty("StreamSpecification");
      expect(table).toMatchObject({ DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" });
    },
  );

  test.each([
    ["Profiles", ["pk"], false],
    ["Identities", ["pk"], false],
    ["Activity", ["pk", "sk"], true],
    ["Tags", ["pk", "sk"], true],
    ["Definitions", ["pk", "sk"], false],
    ["Metrics", ["pk", "sk"], true],
    ["Audit", ["pk", "sk"], false],
    ["Timers", ["pk", "sk"], false],
    ["Work", ["pk", "sk"], true],
    ["Runs", ["pk", "sk"], true],
    ["Touches", ["pk"], true],
    ["Caps", ["pk"], true],
    ["Consents", ["pk", "sk"], false],
    ["Suppressions", ["pk"], false],
  ])("%s has the key %j and expires rows: %s", (name, keys, expires) => {
    const properties = data.findResources("AWS::DynamoDB::Table")[name]?.Properties;
    expect(properties.KeySchema.map((key: { AttributeName: string }) => key.AttributeName)).toEqual(keys);
    if (expires) expect(properties.TimeToLiveSpecification).toEqual({ AttributeName: "ttl", Enabled: true });
    else expect(properties).not.toHaveProperty("TimeToLiveSpecification");
  });
});

describe("streams", () => {
  test.each(["EventStream", "FactStream"])("%s keeps records for a week, encrypted, on one shard", (id) => {
    expect(data.findResources("AWS::Kinesis::Stream")[id]).toMatchObject({
      DeletionPolicy: "Retain",
      Properties: {
        RetentionPeriodHours: 168,
        ShardCount: 1,
        StreamModeDetails: { StreamMode: "PROVISIONED" },
        StreamEncryption: { EncryptionType: "KMS", KeyId: "alias/aws/kinesis" },
      },
    });
  });

  test("take the shards that the deployer asks for", () => {
    const { data: wide } = synthesise({ shards: "4" });
    wide.allResourcesProperties("AWS::Kinesis::Stream", { ShardCount: 4 });
    expect(() => synthesise({ shards: "0" })).toThrow("-c shards");
  });

  test("keep records for as long as the deployer asks", () => {
    const { data: brief } = synthesise({ retentionHours: "24" });
    brief.allResourcesProperties("AWS::Kinesis::Stream", { RetentionPeriodHours: 24 });
    expect(() => synthesise({ retentionHours: "12" })).toThrow("-c retentionHours");
  });
});

describe("the bucket", () => {
  test("is encrypted, closed to the public and kept", () => {
    data.hasResource("AWS::S3::Bucket", {
      DeletionPolicy: "Retain",
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        VersioningConfiguration: Match.absent(),
      },
    });
  });

  test("refuses connections without TLS", () => {
    data.hasResourceProperties("AWS::S3::BucketPolicy", {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
        ]),
      }),
    });
  });

  test("lets failures expire and definitions never", () => {
    const [bucket] = Object.values(data.findResources("AWS::S3::Bucket"));
    const rules: { Prefix?: string; ExpirationInDays?: number }[] = bucket?.Properties.LifecycleConfiguration.Rules;
    const expiring = rules.filter((rule) => rule.ExpirationInDays !== undefined);
    expect(expiring.map((rule) => [rule.Prefix, rule.ExpirationInDays])).toEqual([
      ["failed/", 90],
      ["aws/lambda/", 90],
      ["work/", 30],
      ["imports/", 30],
    ]);
  });
});

test.each([
  ["the first admin token", "AdminToken", 40],
  ["the key of links, 256 bits of it,", "LinkKey", 43],
])("%s is generated, kept and nowhere in the template", (_, id, length) => {
  const secret = data.findResources("AWS::SecretsManager::Secret")[id];
  expect(secret).toMatchObject({
    DeletionPolicy: "Retain",
    Properties: { GenerateSecretString: { PasswordLength: length, ExcludePunctuation: true } },
  });
  expect(secret?.Properties).not.toHaveProperty("SecretString");
});

test("the key is rotated", () => {
  data.hasResourceProperties("AWS::KMS::Key", { EnableKeyRotation: true });
});

test("everything goes with the stack where the deployer asks for it", () => {
  const { data: trial } = synthesise({ removal: "destroy" });
  const resources: Record<string, { DeletionPolicy?: string }> = trial.toJSON().Resources;
  expect(Object.values(resources).filter((resource) => resource.DeletionPolicy === "Retain")).toEqual([]);
  trial.allResourcesProperties("AWS::DynamoDB::Table", { DeletionProtectionEnabled: false });
  expect(() => synthesise({ removal: "maybe" })).toThrow("-c removal=maybe");
});
