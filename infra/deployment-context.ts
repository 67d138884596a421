import { RemovalPolicy } from "aws-cdk-lib";
import type { Node } from "constructs";

/** What a deployer chooses with `-c name=value`. */
export interface DeploymentContext {
  /** `-c edge=rest` puts a REST API in front instead of an HTTP API. */
  readonly edge: "http" | "rest";
  /** `-c shards=N`: provisioned shards of each stream. */
  readonly shards: number;
  /** `-c retentionHours=N`: how long the streams keep records, 24 to 168. Each hour beyond 24 has its price. */
  readonly retentionHours: number;
  /** `-c retierAt="15 1 * * ? *"`: when the nightly re-tiering run starts, as the six fields of an EventBridge cron, UTC. */
  readonly retierAt: string;
  /** `-c publicUrl=https://api.example.com`: what links in messages begin with, where a domain of one's own leads to the API. */
  readonly publicUrl: string | undefined;
  /** `-c removal=destroy`: `cdk destroy` takes the data with it. Meant for trials. */
  readonly removal: RemovalPolicy.RETAIN | RemovalPolicy.DESTROY;
}

/** Reads and checks the deployer's choices; throws an Error that names the wrong one. */
export function readDeploymentContext(node: Node): DeploymentContext {
  const edge: unknown = node.tryGetContext("edge") ?? "http";
  if (edge !== "http" && edge !== "rest") throw new Error(`-c edge=${String(edge)}: expected http or rest`);

  const shards = Number(node.tryGetContext("shards") ?? 1);
  if (!Number.isInteger(shards) || shards < 1) throw new Error("-c shards: expected a whole number of at least 1");

  const retentionHours = Number(node.tryGetContext("retentionHours") ?? 168);
  if (!Number.isInteger(retentionHours) || retentionHours < 24 || retentionHours > 168) {
    throw new Error("-c retentionHours: expected a whole number from 24 to 168");
  }

  const retierAt: unknown = node.tryGetContext("retierAt") ?? "15 1 * * ? *";
  if (typeof retierAt !== "string" || !/^\S+( \S+){5}$/.test(retierAt)) {
    throw new Error("-c retierAt: expected the six fields of an EventBridge cron, such as 15 1 * * ? *");
  }

  const publicUrl: unknown = node.tryGetContext("publicUrl");
  if (publicUrl !== undefined && !(typeof publicUrl === "string" && /^https:\/\/[^\s?#]*[^\s?#/]$/.test(publicUrl))) {
    throw new Error("-c publicUrl: expected an https URL without a slash at its end");
  }

  const removal: unknown = node.tryGetContext("removal") ?? "retain";
  if (removal !== "retain" && removal !== "destroy") {
    throw new Error(`-c removal=${String(removal)}: expected retain or destroy`);
  }
  return {
    edge,
    shards,
    retentionHours,
    retierAt,
    publicUrl,
    removal: removal === "destroy" ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
  };
}
