/**
 * The CDK app: `cdk synth`, `cdk deploy --all`, or `node infra/app.ts` directly, with CDK_OUTDIR and CDK_CONTEXT_JSON
 * as the CDK's command line sets them. Both ways give the same resources.
 */
import { createApp } from "./create-app.ts";

createApp({ outdir: process.env.CDK_OUTDIR ?? "cdk.out" }).app.synth();
