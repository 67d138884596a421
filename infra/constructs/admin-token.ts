import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import type { DeploymentContext } from "../deployment-context.ts";
import { fixLogicalId } from "./fixed-logical-id.ts";
import type { FunctionGrants } from "./function-grants.ts";

/** The first administrator's bearer token. Further tokens are made through the admin API and stored as hashes. */
export class AdminToken extends Construct {
  readonly secretArn: string;

  constructor(scope: Construct, id: string, { removal }: Pick<DeploymentContext, "removal">) {
    super(scope, id);
    const secret = new Secret(this, "Secret", {
      description: "The first Strata admin token",
      generateSecretString: { passwordLength: 40, excludePunctuation: true },
      removalPolicy: removal,
    });
    fixLogicalId(secret, "AdminToken");
    this.secretArn = secret.secretArn;
  }

  grantRead(grants: FunctionGrants): void {
    grants.allow(["secretsmanager:GetSecretValue"], [this.secretArn]);
  }
}
