import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import type { DeploymentContext } from "../deployment-context.ts";
import { fixLogicalId } from "./fixed-logical-id.ts";
import type { FunctionGrants } from "./function-grants.ts";

/**
 * The key that signs links in messages and hashes addresses: one a line, the newest first. The last is the one by which
 * addresses are hashed; without it every suppression is forgotten, so nothing rotates the secret by itself.
 */
export class LinkKey extends Construct {
  readonly secretArn: string;

  constructor(scope: Construct, id: string, { removal }: Pick<DeploymentContext, "removal">) {
    super(scope, id);
    const secret = new Secret(this, "Secret", {
      description: "Signs links in messages, hashes addresses. Put a new key above; never remove the last line.",
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
