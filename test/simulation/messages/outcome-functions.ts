import type { Context } from "aws-lambda";
import type { HttpAnswer } from "#aws/http-answer.ts";
import { keepDefinitions } from "#aws/keep-definitions.ts";
import { makeSecretsByName } from "#aws/secrets-by-name.ts";
import { makeIdentityStore } from "#aws/stores/identity-store.ts";
import { makeInappStore } from "#aws/stores/inapp-store.ts";
import { makeProfileStore } from "#aws/stores/profile-store.ts";
import { makeSuppressionStore } from "#aws/stores/suppression-store.ts";
import { makeTouchStore } from "#aws/stores/touch-store.ts";
import { makeEventStream } from "#aws/streams/event-stream.ts";
import { compileOutcomes } from "#domain/outcomes/compile-outcomes.ts";
import { makeOutcomeHandler } from "#functions/outcome/make-outcome-handler.ts";
import { takeSesEvent } from "#functions/outcome/receipts/take-ses-event.ts";
import { asVersion2, type TestRequest } from "../../support/collect-harness.ts";
import { CONFIG, type Equipment } from "../functions.ts";
import { linkKeyOf, MAX_AGE_MS, MESSAGE_CONFIG, storeOf } from "./message-config.ts";
import { CERTIFICATE, secrets } from "./secrets.ts";

/** What comes back, as it is deployed. */
export const outcomeFunctions = {
  /** What comes back over HTTP: the preference page, links of messages, receipts. */
  page(equipment: Equipment): (request: TestRequest) => Promise<HttpAnswer> {
    const { sandbox, dynamo, newId } = equipment;
    const { now, sleep } = sandbox;
    const answer = makeOutcomeHandler({
      ...receiptPorts(equipment),
      identities: makeIdentityStore({ dynamo, table: CONFIG.STRATA_TABLE_IDENTITIES, sleep }),
      inapp: makeInappStore({ dynamo, table: CONFIG.STRATA_TABLE_RUNS, now }),
      certificates: { fetchCertificate: async () => CERTIFICATE, confirm: async () => {} },
      secretOf: makeSecretsByName({ secrets, now }),
      linkKey: linkKeyOf(now),
      rateLimit: () => 0,
      newId,
      logFailure: () => {},
    });
    return (request) => answer(asVersion2(request), {} as Context);
  },

  /** What SES tells by EventBridge. */
  sesEvents(equipment: Equipment): (event: { readonly detail: unknown }) => Promise<void> {
    const ports = receiptPorts(equipment);
    return (event) => takeSesEvent(ports, event);
  },
};

function receiptPorts({ sandbox, dynamo, kinesis, s3, count }: Equipment) {
  const { now, sleep } = sandbox;
  return {
    definitions: keepDefinitions({
      store: storeOf({ dynamo, s3 }),
      compile: compileOutcomes,
      maxAgeMs: MAX_AGE_MS,
      now,
    }),
    profiles: makeProfileStore({ dynamo, table: CONFIG.STRATA_TABLE_PROFILES, sleep }),
    suppressions: makeSuppressionStore({ dynamo, table: CONFIG.STRATA_TABLE_SUPPRESSIONS }),
    touches: makeTouchStore({ dynamo, table: MESSAGE_CONFIG.STRATA_TABLE_TOUCHES }),
    events: makeEventStream({ kinesis, stream: CONFIG.STRATA_EVENT_STREAM, sleep }),
    count,
    now,
  };
}
