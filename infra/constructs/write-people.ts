import type { DataResources } from "../stacks/data-stack.ts";
import type { FunctionGrants } from "./function-grants.ts";
import type { FunctionEnvironment } from "./strata-function.ts";

/** The settings of a function that writes people. */
export function writePeopleSettings({ tables, streams, bucket }: DataResources) {
  return {
    STRATA_TABLE_PROFILES: tables.name("Profiles"),
    STRATA_TABLE_IDENTITIES: tables.name("Identities"),
    STRATA_TABLE_ACTIVITY: tables.name("Activity"),
    STRATA_TABLE_CONSENTS: tables.name("Consents"),
    STRATA_TABLE_DEFINITIONS: tables.name("Definitions"),
    STRATA_TABLE_TIMERS: tables.name("Timers"),
    STRATA_FACT_STREAM: streams.facts.streamName,
    STRATA_BUCKET: bucket.bucketName,
  } satisfies FunctionEnvironment;
}

/**
 * What evaluating and writing a person takes, on whichever path: the definitions, the profile with its timer before and its
 * facts after, and helping whoever is met in the middle of a merge or an un-merge.
 */
export function grantWritePeople(grants: FunctionGrants, { tables, streams, bucket }: DataResources): void {
  tables.grant(grants, "Profiles", "BatchGetItem", "PutItem", "UpdateItem");
  tables.grant(grants, "Identities", "BatchGetItem", "PutItem");
  // An un-merge that is half done is finished from the behaviour log.
  tables.grant(grants, "Activity", "BatchWriteItem", "Query");
  tables.grant(grants, "Definitions", "Query");
  // What events say about consents, before the profile that relies on it.
  tables.grant(grants, "Consents", "PutItem");
  // A promise to look again, written before the state that relies on it, and the one that it replaces.
  tables.grant(grants, "Timers", "DeleteItem", "PutItem");
  bucket.grantReadDefinitions(grants);
  streams.grantPut(grants, streams.facts);
}
