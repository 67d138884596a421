import { App, type AppProps, DefaultStackSynthesizer, type IReusableStackSynthesizer } from "aws-cdk-lib";
import { readDeploymentContext } from "./deployment-context.ts";
import { AppStack } from "./stacks/app-stack.ts";
import { DataStack } from "./stacks/data-stack.ts";

export interface StrataApp {
  readonly app: App;
  readonly data: DataStack;
  readonly functions: AppStack;
}

/** Builds both stacks in one CDK app. What a deployer chooses is in the context; see deployment-context.ts. */
export function createApp({ context, ...props }: AppProps): StrataApp {
  const app = new App({
    // The metadata resource says to AWS which constructs are used; it has no part in the product.
    analyticsReporting: false,
    // The CDK's command line turns this on; said here so that a direct run gives the same template.
    context: { "aws:cdk:enable-asset-metadata": true, ...context },
    // `cdk deploy` checks the bootstrap's version by itself; as a rule in the template it would be one more thing to emulate.
    // (The cast: the CDK's own types disagree under exactOptionalPropertyTypes.)
    defaultStackSynthesizer: new DefaultStackSynthesizer({
      generateBootstrapVersionRule: false,
    }) as IReusableStackSynthesizer,
    ...props,
  });
  const chosen = readDeploymentContext(app.node);
  const data = new DataStack(app, "StrataData", { context: chosen });
  const functions = new AppStack(app, "StrataApp", { context: chosen, resources: data.resources });
  return { app, data, functions };
}
