import { Duration } from "aws-cdk-lib";
import { Construct } from "constructs";
import type { DataResources } from "../stacks/data-stack.ts";
import type { ChannelQueues } from "./channel-queues.ts";
import type { FrontDoor, Route } from "./front-door.ts";
import { StrataFunction } from "./strata-function.ts";
import type { WorkQueue } from "./work-queue.ts";

const routes: readonly Route[] = [
  { methods: ["ANY"], path: "/admin/v1/{proxy+}" },
  { methods: ["GET"], path: "/openapi.json" },
  { methods: ["GET"], path: "/docs" },
];

interface AdminProps {
  readonly frontDoor: FrontDoor;
  readonly resources: DataResources;
  readonly channels: ChannelQueues;
  readonly queues: { readonly retier: WorkQueue; readonly imports: WorkQueue };
}

/** The administration API. It alone may scan: `GET /totals` is an exact count. */
export class Admin extends Construct {
  constructor(scope: Construct, id: string, { frontDoor, resources, channels, queues }: AdminProps) {
    super(scope, id);
    const { tables, streams, bucket, adminToken, linkKey } = resources;
    const admin = new StrataFunction(this, "Admin", {
      entry: "functions/admin/handler.ts",
      description: "Strata admin: the administration API.",
      // Totals decode every profile of a page.
      memoryMb: 1024,
      // API Gateway gives up after 29 s.
      timeout: Duration.seconds(29),
      environment: {
        STRATA_TABLE_PROFILES: tables.name("Profiles"),
        STRATA_TABLE_IDENTITIES: tables.name("Identities"),
        STRATA_TABLE_ACTIVITY: tables.name("Activity"),
        STRATA_TABLE_CONSENTS: tables.name("Consents"),
        STRATA_TABLE_TAGS: tables.name("Tags"),
        STRATA_TABLE_DEFINITIONS: tables.name("Definitions"),
        STRATA_TABLE_METRICS: tables.name("Metrics"),
        STRATA_TABLE_AUDIT: tables.name("Audit"),
        STRATA_TABLE_TIMERS: tables.name("Timers"),
        STRATA_TABLE_WORK: tables.name("Work"),
        STRATA_TABLE_RUNS: tables.name("Runs"),
        STRATA_TABLE_TOUCHES: tables.name("Touches"),
        STRATA_TABLE_CAPS: tables.name("Caps"),
        STRATA_TABLE_SUPPRESSIONS: tables.name("Suppressions"),
        STRATA_QUEUE_RETIER: queues.retier.queue.queueUrl,
        STRATA_QUEUE_IMPORTS: queues.imports.queue.queueUrl,
        ...channels.settings(),
        STRATA_EVENT_STREAM: streams.events.streamName,
        STRATA_FACT_STREAM: streams.facts.streamName,
        STRATA_BUCKET: bucket.bucketName,
        STRATA_ADMIN_TOKEN_SECRET: adminToken.secretArn,
        STRATA_LINK_KEY_SECRET: linkKey.secretArn,
      },
    });
    tables.grant(admin, "Profiles", "BatchGetItem", "PutItem", "Scan", "UpdateItem");
    // An un-merge writes the index and the behaviour logs of the two people anew.
    tables.grant(admin, "Identities", "BatchGetItem", "PutItem");
    tables.grant(admin, "Activity", "BatchWriteItem", "Query");
    tables.grant(admin, "Consents", "PutItem", "Query");
    tables.grant(admin, "Tags", "Query");
    // Definitions and, in the same table, admin tokens: only a token's row is ever deleted.
    tables.grant(admin, "Definitions", "DeleteItem", "GetItem", "PutItem", "Query");
    tables.grant(admin, "Metrics", "BatchWriteItem", "GetItem", "Query");
    tables.grant(admin, "Audit", "PutItem", "Query");
    tables.grant(admin, "Timers", "DeleteItem", "PutItem");
    // Runs, imports and test messages: what they are, and how far they have come.
    tables.grant(admin, "Work", "GetItem", "PutItem", "Query");
    // A simulation reads what would decide about a message; it writes nothing.
    tables.grant(admin, "Runs", "BatchGetItem", "Query");
    // Messages of a person.
    tables.grant(admin, "Touches", "BatchGetItem", "GetItem");
    tables.grant(admin, "Caps", "GetItem");
    tables.grant(admin, "Suppressions", "GetItem", "UpdateItem");
    linkKey.grantRead(admin);
    queues.retier.grantSend(admin);
    queues.imports.grantSend(admin);
    // Test messages: their senders alone may call providers and read their secrets.
    channels.grantSend(admin);
    streams.grantPut(admin, streams.events);
    streams.grantPut(admin, streams.facts);
    bucket.grantReadDefinitions(admin);
    bucket.grantWriteDefinitions(admin);
    bucket.grantWriteFailedEvents(admin);
    bucket.grantReplayFailedEvents(admin);
    bucket.grantOfferImports(admin);
    adminToken.grantRead(admin);
    frontDoor.route(admin, routes);
  }
}
