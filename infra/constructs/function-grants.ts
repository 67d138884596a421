/**
 * What a construct that owns a resource needs to know of a function to let it in.
 * The CDK's own grant methods are not used: several of them grant wildcard actions (`s3:GetObject*`,
 * `kms:GenerateDataKey*`).
 */
export interface FunctionGrants {
  /** Allows exactly these actions on exactly these resources. */
  allow(actions: readonly string[], resources: readonly string[], conditions?: Record<string, unknown>): void;
}
