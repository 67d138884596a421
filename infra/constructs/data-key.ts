import { AccountRootPrincipal, PolicyDocument, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { Construct } from "constructs";
import type { DeploymentContext } from "../deployment-context.ts";
import { fixLogicalId } from "./fixed-logical-id.ts";
import type { FunctionGrants } from "./function-grants.ts";

/** What DynamoDB does with the key on behalf of whoever reads or writes an encrypted table (DynamoDB guide, "Encryption at rest"). */
const useActions = [
  "kms:Decrypt",
  "kms:DescribeKey",
  "kms:Encrypt",
  "kms:GenerateDataKey",
  "kms:GenerateDataKeyWithoutPlaintext",
  "kms:ReEncryptFrom",
  "kms:ReEncryptTo",
];

const administerActions = [
  "kms:CancelKeyDeletion",
  "kms:CreateAlias",
  "kms:CreateGrant",
  "kms:DeleteAlias",
  "kms:DisableKey",
  "kms:DisableKeyRotation",
  "kms:EnableKey",
  "kms:EnableKeyRotation",
  "kms:GetKeyPolicy",
  "kms:GetKeyRotationStatus",
  "kms:ListAliases",
  "kms:ListGrants",
  "kms:ListKeyPolicies",
  "kms:ListResourceTags",
  "kms:PutKeyPolicy",
  "kms:RetireGrant",
  "kms:RevokeGrant",
  "kms:ScheduleKeyDeletion",
  "kms:TagResource",
  "kms:UntagResource",
  "kms:UpdateAlias",
  "kms:UpdateKeyDescription",
];

/** The customer-managed key of the tables. Erasing it makes every table and backup unreadable. */
export class DataKey extends Construct {
  readonly key: Key;

  constructor(scope: Construct, id: string, { removal }: Pick<DeploymentContext, "removal">) {
    super(scope, id);
    this.key = new Key(this, "Resource", {
      description: "Encrypts the Strata tables",
      enableKeyRotation: true,
      removalPolicy: removal,
      // The CDK's default policy says kms:*. This one lists what the account may delegate with its own IAM policies;
      // PutKeyPolicy is among it, so nobody is locked out.
      policy: new PolicyDocument({
        statements: [
          new PolicyStatement({
            sid: "DelegateToTheAccountsIamPolicies",
            principals: [new AccountRootPrincipal()],
            actions: [...useActions, ...administerActions],
            resources: ["*"],
          }),
        ],
      }),
    });
    fixLogicalId(this.key, "DataKey");
  }

  /** Lets a function use the key only through one AWS service, never directly. */
  grantUseThrough(grants: FunctionGrants, service: string): void {
    grants.allow(useActions, [this.key.keyArn], { StringEquals: { "kms:ViaService": service } });
  }
}
