import { App, DefaultStackSynthesizer, type IReusableStackSynthesizer } from "aws-cdk-lib";
import { readDeploymentContext } from "./deployment-context.ts";
import { AppStack } from "./stacks/app-stack.ts";
import { DataStack } from "./stacks/data-stack.ts";

/**
 * The CDK app: `cdk synth`, `cdk deploy --all`, or `node infra/app.ts` directly, with CDK_OUTDIR and CDK_CONTEXT_JSON
 * as the CDK's command line sets them. Both ways give the same template.
 */
const app = new App({
  outdir: process.env.CDK_OUTDIR ?? "cdk.out",
  // The metadata resource says to AWS which constructs are used; it has no part in the product.
  analyticsReporting: false,
  // The command line turns this on; said here so that a direct run gives the same template.
  context: { "aws:cdk:enable-asset-metadata": true },
  // `cdk deploy` checks the bootstrap's version by itself; as a rule in the template it would be one more thing to emulate.
  // (The cast: the CDK's own types disagree under exactOptionalPropertyTypes.)
  defaultStackSynthesizer: new DefaultStackSynthesizer({
    generateBootstrapVersionRule: false,
  }) as IReusableStackSynthesizer,
});

const context = readDeploymentContext(app.node);
const data = new DataStack(app, "StrataData", { context });
new AppStack(app, "StrataApp", { context, resources: data.resources });

app.synth();
