import { CfnElement } from "aws-cdk-lib";
import type { Construct } from "constructs";

/**
 * Gives a resource a logical id of its own choice. CloudFormation replaces a resource whose logical id changes, and the
 * CDK derives ids from the tree of constructs: moving a table into another construct would make an empty one.
 */
export function fixLogicalId(construct: Construct, logicalId: string): void {
  const resource = construct.node.defaultChild;
  if (!(resource instanceof CfnElement)) throw new Error(`${construct.node.path} has no resource of its own`);
  resource.overrideLogicalId(logicalId);
}
