import type { EventRulePlan, RulePlan } from "./deployment.ts";
import type { ReadType, ResolvedResource } from "./plan-deployment.ts";
import * as types from "./resource-types.ts";

const type = "AWS::Events::Rule";

/** EventBridge rules: those with an event pattern, and those with a schedule, which every other one has to have. */
export function planRules(read: ReadType): { rules: RulePlan[]; eventRules: EventRulePlan[] } {
  return {
    rules: read(type, types.Rule, (resource) => !hasPattern(resource)).map(({ logicalId, arn, properties }) => ({
      name: logicalId,
      arn: arn(),
      schedule: properties.ScheduleExpression,
      targets: properties.Targets.map(({ Arn: functionArn, Input: input }) => ({ functionArn, input })),
    })),
    eventRules: read(type, types.EventRule, hasPattern).map(({ logicalId, properties }) => ({
      name: logicalId,
      source: properties.EventPattern.source,
      detailTypes: properties.EventPattern["detail-type"],
      targets: properties.Targets.map(({ Arn: functionArn }) => ({ functionArn })),
    })),
  };
}

function hasPattern({ properties }: ResolvedResource): boolean {
  return "EventPattern" in (properties as object);
}
