import { makeSecretsManager } from "#aws/clients.ts";
import { readConfig } from "#aws/config.ts";
import type { HttpHandler } from "#aws/http-stack.ts";
import { makeLinkKeyReader } from "#aws/link-key.ts";
import { makeSecretsByName } from "#aws/secrets-by-name.ts";
import { makeSnsCertificates } from "#aws/sns-certificates.ts";
import { makeIdentityStore } from "#aws/stores/identity-store.ts";
import { makeInappStore } from "#aws/stores/inapp-store.ts";
import { makeTelemetry } from "#aws/telemetry.ts";
import { newTimeOrderedId } from "#aws/time-ordered-id.ts";
import { makeRateLimit } from "#domain/collect/rate-limit.ts";
import { makeOutcomeContext, SETTINGS } from "./context.ts";
import { makeOutcomeHandler } from "./make-outcome-handler.ts";

/** Of one page or one source through one instance: far above what people do, and below what costs. */
const RATE = { perSecond: 200, burst: 1_000 };

const config = readConfig(...SETTINGS, "STRATA_TABLE_IDENTITIES", "STRATA_TABLE_RUNS", "STRATA_LINK_KEY_SECRET");
const telemetry = makeTelemetry("outcome");
const { dynamo, ports } = makeOutcomeContext(config, telemetry);
const secrets = makeSecretsManager();
const answer = makeOutcomeHandler({
  ...ports,
  identities: makeIdentityStore({ dynamo, table: config.STRATA_TABLE_IDENTITIES }),
  inapp: makeInappStore({ dynamo, table: config.STRATA_TABLE_RUNS, now: ports.now }),
  certificates: makeSnsCertificates(),
  linkKey: makeLinkKeyReader({ secrets, secretId: config.STRATA_LINK_KEY_SECRET, now: ports.now }),
  secretOf: makeSecretsByName({ secrets, now: ports.now }),
  rateLimit: makeRateLimit(RATE),
  newId: newTimeOrderedId,
  logFailure: (message, error) => telemetry.log.warn(message, { error: error as Error }),
});

/** Links of messages, receipts over HTTP and waiting messages → EventStream, Suppressions, pages. */
export const handler: HttpHandler = async (event, context) => {
  try {
    return await answer(event, context);
  } finally {
    telemetry.flush();
  }
};
