import type { ConsentChange } from "#events/collected-event.ts";
import { type JsonObject, textAt } from "./json-object.ts";
import { CallRefusedError } from "./refusals.ts";

/** What an event says about consent (definitions.md); undefined for every other event. An unclear one is refused: a
 *  guess here would contact somebody who said no. Throws CallRefusedError. */
export function readConsentChange(
  event: string,
  properties: JsonObject,
  sourceName: string,
): ConsentChange | undefined {
  const collectedBy = textAt(properties, "collectedBy") ?? sourceName;
  if (event === "Unsubscribed") {
    const channel = textAt(properties, "channel") ?? "*";
    return { purpose: textAt(properties, "purpose") ?? "marketing", channel, granted: false, collectedBy };
  }
  if (event !== "Consent Updated") return undefined;
  const purpose = textAt(properties, "purpose");
  const channel = textAt(properties, "channel");
  const { granted } = properties;
  if (purpose === undefined || channel === undefined || typeof granted !== "boolean") {
    throw new CallRefusedError("consent_invalid");
  }
  const textVersion = textAt(properties, "textVersion");
  const proof = textAt(properties, "proof");
  return {
    purpose,
    channel,
    granted,
    ...(textVersion !== undefined && { textVersion }),
    ...(proof !== undefined && { proof }),
    collectedBy,
  };
}
