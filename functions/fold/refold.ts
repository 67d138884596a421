import { makeFailureObjectStore } from "#aws/stores/failure-object-store.ts";
import { makeFoldContext } from "./context.ts";
import { sweepFailures } from "./sweep-failures.ts";

const { config, ports, telemetry, s3 } = makeFoldContext("refold");
const failures = makeFailureObjectStore({ s3, bucket: config.STRATA_BUCKET });

/** Every few minutes: what Lambda gave up on → profiles. */
export async function handler(): Promise<void> {
  try {
    const { recovered, left, errors } = await sweepFailures({
      ...ports,
      failures,
      factStream: config.STRATA_FACT_STREAM,
    });
    telemetry.count("FailureObjectsRecovered", recovered);
    telemetry.count("FailureObjectsLeft", left);
    for (const error of errors) telemetry.log.warn("failure_object_left", { error: error as Error });
  } finally {
    telemetry.flush();
  }
}
