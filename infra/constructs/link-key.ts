import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import type { DeploymentContext } from "../deployment-context.ts";
import { fixLogicalId } from "./fixed-logical-id.ts";
import type { FunctionGrants } from "./function-grants.ts";

/**
 * The key that signs links in messages and hashes addresses. A new one would break every link that was ever sent and forget
 * every suppression, so it is not rotated.
 */
export class LinkKey extends Construct {
  readonly secretArn: string;

  constructor(scope: Construct, id: string, { removal }: Pick<DeploymentContext, "removal">) {
    super(scope, id);
    const secret = new Secret(this, "Secret", {
      description: "Signs links in messages and hashes addresses. Never change it.",
      // 43 of 62 letters and digits: 256 bits.
      generateSecretString: { passwordLength: 43, excludePunctuation: true },
      removalPolicy: removal,
    });
    fixLogicalId(secret, "LinkKey");
    this.secretArn = secret.secretArn;
  }

  grantRead(grants: FunctionGrants): void {
    grants.allow(["secretsmanager:GetSecretValue"], [this.secretArn]);
  }
}
