import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { Admin } from "../constructs/admin.ts";
import { ChannelQueues } from "../constructs/channel-queues.ts";
import { Collect } from "../constructs/collect.ts";
import { Decide } from "../constructs/decide.ts";
import { Fold } from "../constructs/fold.ts";
import { openFrontDoor } from "../constructs/front-door.ts";
import { ImportPeople } from "../constructs/import-people.ts";
import { IndexTags } from "../constructs/index-tags.ts";
import { Outcome } from "../constructs/outcome.ts";
import { Retier } from "../constructs/retier.ts";
import { Send } from "../constructs/send.ts";
import { Wake } from "../constructs/wake.ts";
import type { DeploymentContext } from "../deployment-context.ts";
import type { DataResources } from "./data-stack.ts";

interface AppStackProps extends StackProps {
  readonly context: DeploymentContext;
  readonly resources: DataResources;
}

/** The stateless stack: the steps of the flow, one construct each. */
export class AppStack extends Stack {
  constructor(scope: Construct, id: string, { context, resources, ...props }: AppStackProps) {
    super(scope, id, { description: "Strata: functions and their front door", ...props });
    const frontDoor = openFrontDoor(this, context);
    new Collect(this, "Collect", { frontDoor, resources });
    new Fold(this, "Fold", { resources });
    new IndexTags(this, "Index", { resources });
    const retier = new Retier(this, "Retier", { resources, context });
    const imports = new ImportPeople(this, "Import", { resources });
    const channels = new ChannelQueues(this, "Channels");
    new Wake(this, "Wake", { resources, channels });
    new Decide(this, "Decide", { resources, channels });
    new Send(this, "Send", { resources, channels, publicUrl: context.publicUrl ?? frontDoor.url });
    new Outcome(this, "Outcome", { frontDoor, resources });
    const queues = { retier: retier.queue, imports: imports.queue };
    new Admin(this, "Admin", { frontDoor, resources, channels, queues });

    new CfnOutput(this, "ApiUrl", { description: "Base URL of the API", value: frontDoor.url });
    new CfnOutput(this, "AdminTokenSecretName", {
      description: "The first admin token: aws secretsmanager get-secret-value --secret-id <this>",
      value: resources.adminToken.secretArn,
    });
  }
}
