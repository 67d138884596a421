import { makeDynamo, makeKinesis, makeS3 } from "#aws/clients.ts";
import { readConfig } from "#aws/config.ts";
import { makeDefinitionsCache } from "#aws/definitions-cache.ts";
import { makeActivityStore } from "#aws/stores/activity-store.ts";
import { makeConflictStore } from "#aws/stores/conflict-store.ts";
import { makeDefinitionStore } from "#aws/stores/definition-store.ts";
import { makeFailedEventStore } from "#aws/stores/failed-event-store.ts";
import { makeIdentityStore } from "#aws/stores/identity-store.ts";
import { makeProfileStore } from "#aws/stores/profile-store.ts";
import { makeFactStream } from "#aws/streams/fact-stream.ts";
import { makeTelemetry } from "#aws/telemetry.ts";
import { newTimeOrderedId } from "#aws/time-ordered-id.ts";

/** Config → clients → ports, once for each instance of the fold and of refold. */
export function makeFoldContext(serviceName: string) {
  const config = readConfig(
    "STRATA_TABLE_PROFILES",
    "STRATA_TABLE_IDENTITIES",
    "STRATA_TABLE_ACTIVITY",
    "STRATA_TABLE_DEFINITIONS",
    "STRATA_TABLE_METRICS",
    "STRATA_EVENT_STREAM",
    "STRATA_FACT_STREAM",
    "STRATA_BUCKET",
  );
  const dynamo = makeDynamo();
  const s3 = makeS3();
  const kinesis = makeKinesis();
  const now = () => Date.now();
  const telemetry = makeTelemetry(serviceName);
  const store = makeDefinitionStore({
    dynamo,
    s3,
    table: config.STRATA_TABLE_DEFINITIONS,
    bucket: config.STRATA_BUCKET,
  });
  const ports = {
    profiles: makeProfileStore({ dynamo, table: config.STRATA_TABLE_PROFILES }),
    identities: makeIdentityStore({ dynamo, table: config.STRATA_TABLE_IDENTITIES }),
    activity: makeActivityStore({ dynamo, table: config.STRATA_TABLE_ACTIVITY }),
    conflicts: makeConflictStore({ dynamo, table: config.STRATA_TABLE_METRICS }),
    facts: makeFactStream({ kinesis, stream: config.STRATA_FACT_STREAM }),
    definitions: makeDefinitionsCache({ store, maxAgeMs: config.STRATA_DEFINITIONS_MAX_AGE_MS, now }),
    failedEvents: makeFailedEventStore({ s3, bucket: config.STRATA_BUCKET, now, newId: newTimeOrderedId }),
    stream: config.STRATA_EVENT_STREAM,
    now,
    count: telemetry.count,
  };
  return { config, ports, telemetry, s3, kinesis };
}
