import { Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { AdminToken } from "../constructs/admin-token.ts";
import { Bucket } from "../constructs/bucket.ts";
import { LinkKey } from "../constructs/link-key.ts";
import { Streams } from "../constructs/streams.ts";
import { Tables } from "../constructs/tables.ts";
import type { DeploymentContext } from "../deployment-context.ts";

/** Everything that outlives a deployment of the code. */
export interface DataResources {
  readonly tables: Tables;
  readonly streams: Streams;
  readonly bucket: Bucket;
  readonly adminToken: AdminToken;
  readonly linkKey: LinkKey;
}

interface DataStackProps extends StackProps {
  readonly context: DeploymentContext;
}

/** The stateful stack: tables and their key, streams, the bucket, the first admin token, the key of links. */
export class DataStack extends Stack {
  readonly resources: DataResources;

  constructor(scope: Construct, id: string, { context, ...props }: DataStackProps) {
    super(scope, id, { description: "Strata: data that outlives a deployment", ...props });
    this.resources = {
      tables: new Tables(this, "Tables", context),
      streams: new Streams(this, "Streams", context),
      bucket: new Bucket(this, "Bucket", context),
      adminToken: new AdminToken(this, "AdminToken", context),
      linkKey: new LinkKey(this, "LinkKey", context),
    };
  }
}
