import { makeDynamo, makeKinesis, makeS3 } from "#aws/clients.ts";
import type { readConfig } from "#aws/config.ts";
import { keepDefinitions } from "#aws/keep-definitions.ts";
import { makeDefinitionStore } from "#aws/stores/definition-store.ts";
import { makeProfileStore } from "#aws/stores/profile-store.ts";
import { makeSuppressionStore } from "#aws/stores/suppression-store.ts";
import { makeTouchStore } from "#aws/stores/touch-store.ts";
import { makeEventStream } from "#aws/streams/event-stream.ts";
import type { Telemetry } from "#aws/telemetry.ts";
import { compileOutcomes } from "#domain/outcomes/compile-outcomes.ts";

/** What both entries of outcomes read. */
export const SETTINGS = [
  "STRATA_TABLE_DEFINITIONS",
  "STRATA_TABLE_PROFILES",
  "STRATA_TABLE_SUPPRESSIONS",
  "STRATA_TABLE_TOUCHES",
  "STRATA_EVENT_STREAM",
  "STRATA_BUCKET",
] as const;

export type OutcomeConfig = ReturnType<typeof readConfig<(typeof SETTINGS)[number]>>;

/** The ports that both entries have, over SDK clients. */
export function makeOutcomeContext(config: OutcomeConfig, { count }: Pick<Telemetry, "count">) {
  const dynamo = makeDynamo();
  const now = () => Date.now();
  const store = makeDefinitionStore({
    dynamo,
    s3: makeS3(),
    table: config.STRATA_TABLE_DEFINITIONS,
    bucket: config.STRATA_BUCKET,
  });
  const maxAgeMs = config.STRATA_DEFINITIONS_MAX_AGE_MS;
  const ports = {
    definitions: keepDefinitions({ store, compile: compileOutcomes, maxAgeMs, now }),
    profiles: makeProfileStore({ dynamo, table: config.STRATA_TABLE_PROFILES }),
    suppressions: makeSuppressionStore({ dynamo, table: config.STRATA_TABLE_SUPPRESSIONS }),
    touches: makeTouchStore({ dynamo, table: config.STRATA_TABLE_TOUCHES }),
    events: makeEventStream({ kinesis: makeKinesis(), stream: config.STRATA_EVENT_STREAM }),
    count,
    now,
  };
  return { dynamo, ports };
}
