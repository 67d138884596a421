import type { DataResources } from "../stacks/data-stack.ts";
import type { ChannelQueues } from "./channel-queues.ts";
import type { FunctionGrants } from "./function-grants.ts";
import type { FunctionEnvironment } from "./strata-function.ts";
import { grantWritePeople, writePeopleSettings } from "./write-people.ts";

/** The settings of a function that walks people through journeys. */
export function walkJourneysSettings(resources: DataResources, channels: ChannelQueues) {
  const { tables, linkKey } = resources;
  return {
    ...writePeopleSettings(resources),
    ...channels.settings(),
    STRATA_TABLE_RUNS: tables.name("Runs"),
    STRATA_TABLE_TOUCHES: tables.name("Touches"),
    STRATA_TABLE_SUPPRESSIONS: tables.name("Suppressions"),
    STRATA_LINK_KEY_SECRET: linkKey.secretArn,
  } satisfies FunctionEnvironment;
}

/**
 * What walking people through journeys takes: their runs and gates, touches and the queues of their channels, and writing
 * people, whose tags a journey changes and whose merges it helps.
 */
export function grantWalkJourneys(grants: FunctionGrants, resources: DataResources, channels: ChannelQueues): void {
  const { tables, linkKey } = resources;
  grantWritePeople(grants, resources);
  // The version of a journey that somebody entered.
  tables.grant(grants, "Definitions", "GetItem");
  tables.grant(grants, "Runs", "BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query");
  // What is read of a batch's people at the same time is read together.
  tables.grant(grants, "Touches", "BatchGetItem", "GetItem", "PutItem");
  tables.grant(grants, "Suppressions", "BatchGetItem", "GetItem");
  linkKey.grantRead(grants);
  channels.grantSend(grants);
}
