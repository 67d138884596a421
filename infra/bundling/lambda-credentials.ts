/**
 * Stands in for `@aws-sdk/credential-provider-node` in the bundles: a Lambda function's credentials are always in its
 * environment, so the profile, SSO, container and instance providers would be dead weight in every cold start.
 * See infra/decisions/0003-credentials-in-bundles.md.
 */
export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";
