import { readConfig } from "#aws/config.ts";
import { makeTelemetry } from "#aws/telemetry.ts";
import { makeOutcomeContext, SETTINGS } from "./context.ts";
import { takeSesEvent } from "./receipts/take-ses-event.ts";

const telemetry = makeTelemetry("outcome");
const { ports } = makeOutcomeContext(readConfig(...SETTINGS), telemetry);

/** What SES tells by EventBridge (`source: aws.ses`) → EventStream, Suppressions. */
export async function handler(event: { readonly detail: unknown }): Promise<void> {
  try {
    await takeSesEvent(ports, event);
  } finally {
    telemetry.flush();
  }
}
