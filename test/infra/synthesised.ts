import { Template } from "aws-cdk-lib/assertions";
import { createApp } from "../../infra/create-app.ts";

interface Synthesised {
  readonly data: Template;
  readonly functions: Template;
}

/** Synthesises both stacks as `-c name=value` would, without building the bundles. */
export function synthesise(context: Record<string, string> = {}): Synthesised {
  const { data, functions } = createApp({ context: { ...context, "aws:cdk:bundling-stacks": [] } });
  return { data: Template.fromStack(data), functions: Template.fromStack(functions) };
}
