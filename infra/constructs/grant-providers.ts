import { Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";
import type { FunctionGrants } from "./function-grants.ts";

/** Secrets that definitions of channels name: below `strata/` in this account. Secrets Manager ends each ARN with letters
 *  of its own. */
export function grantProviderSecrets(scope: Construct, grants: FunctionGrants): void {
  const secrets = Stack.of(scope).formatArn({
    service: "secretsmanager",
    resource: "secret:strata",
    resourceName: "*",
  });
  grants.allow(["secretsmanager:GetSecretValue"], [secrets]);
}

/** Any identity and configuration set of the account: which of them is said in a definition, and so is the region. */
export function grantSes(scope: Construct, grants: FunctionGrants): void {
  const anyOf = (resource: string): string =>
    Stack.of(scope).formatArn({ service: "ses", region: "*", resource, resourceName: "*" });
  // SES asks for the second one, too, where the message is a raw one.
  grants.allow(["ses:SendEmail", "ses:SendRawEmail"], [anyOf("identity"), anyOf("configuration-set")]);
}
