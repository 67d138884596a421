import { makeDynamo, makeKinesis, makeS3 } from "#aws/clients.ts";
import { readConfig } from "#aws/config.ts";
import { makeGeoLookup } from "#aws/geo.ts";
import type { HttpHandler } from "#aws/http-stack.ts";
import { keepDefinitions } from "#aws/keep-definitions.ts";
import { makeDefinitionStore } from "#aws/stores/definition-store.ts";
import { makeFailedEventStore } from "#aws/stores/failed-event-store.ts";
import { makeEventStream } from "#aws/streams/event-stream.ts";
import { makeTelemetry } from "#aws/telemetry.ts";
import { newTimeOrderedId } from "#aws/time-ordered-id.ts";
import { DEFAULT_RATE, makeRateLimit } from "#domain/collect/rate-limit.ts";
import { compileCollection } from "#domain/definitions/compile-collection.ts";
import { makeCollectHandler } from "./make-collect-handler.ts";

const config = readConfig("STRATA_TABLE_DEFINITIONS", "STRATA_EVENT_STREAM", "STRATA_BUCKET", "STRATA_GEO_DIR");
const s3 = makeS3();
const now = () => Date.now();
const telemetry = makeTelemetry("collect");
const store = makeDefinitionStore({
  dynamo: makeDynamo(),
  s3,
  table: config.STRATA_TABLE_DEFINITIONS,
  bucket: config.STRATA_BUCKET,
});
const answer = makeCollectHandler(
  {
    definitions: keepDefinitions({
      store,
      compile: compileCollection,
      maxAgeMs: config.STRATA_DEFINITIONS_MAX_AGE_MS,
      now,
    }),
    stream: makeEventStream({ kinesis: makeKinesis(), stream: config.STRATA_EVENT_STREAM }),
    failedEvents: makeFailedEventStore({ s3, bucket: config.STRATA_BUCKET, now, newId: newTimeOrderedId }),
    geo: makeGeoLookup(config.STRATA_GEO_DIR),
    rateLimit: makeRateLimit(DEFAULT_RATE),
    count: telemetry.count,
    newId: newTimeOrderedId,
    now,
  },
  (error) => telemetry.log.error("request_failed", error as Error),
);

/** HTTP requests of SDKs → EventStream. */
export const handler: HttpHandler = async (event, context) => {
  try {
    return await answer(event, context);
  } finally {
    telemetry.flush();
  }
};
