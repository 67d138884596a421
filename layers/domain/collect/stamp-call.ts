import type { CollectedEvent, ConsentChange } from "#events/collected-event.ts";
import { readAcquisition } from "./acquisition.ts";
import { chooseIdentifiers } from "./choose-identifiers.ts";
import type { CollectionSettings, CollectionTools, Reception } from "./collection-settings.ts";
import { readConsentChange } from "./consent-change.ts";
import { readDevice } from "./device.ts";
import { parseInstant, settleTime } from "./event-time.ts";
import type { Flag } from "./flags.ts";
import { makeMoneyReader, readMoney } from "./money.ts";
import { readOrderChange } from "./order-change.ts";
import type { ReadCall } from "./read-call.ts";
import { stampTraits } from "./stamp-traits.ts";

/** Outcomes of our own messages that are not the person's doing (definitions.md, Activity). */
const NOT_ACTIVITY = new Set(["Message Sent", "Message Delivered", "Message Bounced", "Message Complained"]);

/** Settles everything about a call that depends on the clock, the request or the settings, so that folding it later,
 *  again or elsewhere gives the same result. Throws CallRefusedError. */
export function stampCall(
  call: ReadCall,
  reception: Reception,
  settings: CollectionSettings,
  tools: CollectionTools,
): CollectedEvent {
  const { source, receivedAt } = reception;
  const flags = new Set<Flag>();
  const identifiers = chooseIdentifiers(call.candidates, settings, flags);
  const messageId = call.messageId ?? tools.newId();
  const time = settleTime({
    claimed: call.claimedAt,
    sentAt: call.sentAt ?? parseInstant(reception.sentAt),
    receivedAt,
    isPublic: source.public,
  });
  if (time.corrected) flags.add("clock_corrected");
  if (time.wasFuture) flags.add("time_in_future");
  const { event, properties = {} } = call;
  const money = makeMoneyReader(properties.currency, settings.project);
  const amounts = event === undefined ? undefined : readMoney(properties, money);
  const order = event === undefined ? undefined : readOrderChange(event, properties, messageId, money);
  const told = event === undefined ? undefined : readConsentChange(event, properties, source.name);
  const consent = told && provenConsent(told, source.public, identifiers, flags);
  for (const flag of money.flags) flags.add(flag);
  // A server's own address and library say nothing of the person.
  const ip = call.ip ?? (source.public ? reception.ip : undefined);
  const userAgent = call.userAgent ?? (source.public ? reception.userAgent : undefined);
  const place = ip === undefined ? undefined : tools.geo.find(ip);
  const device = readDevice({ sourceType: source.type, os: call.os, app: call.app, userAgent });
  const acquisition = readAcquisition(call.visit);
  return {
    messageId,
    type: call.type,
    ...(event !== undefined && { event }),
    identifiers,
    at: time.at,
    receivedAt,
    day: settings.calendar.dayOf(time.at),
    source: { name: source.name, type: source.type },
    activity: isActivity(call, source.type),
    ...stampTraits(call.traits, call.writeMode, source.public, settings, flags),
    ...(call.properties !== undefined && { properties: call.properties }),
    ...(amounts !== undefined && { money: amounts }),
    ...(order !== undefined && { order }),
    ...(consent !== undefined && { consent }),
    ...(acquisition !== undefined && { acquisition }),
    ...(place !== undefined && { place }),
    ...(device !== undefined && { device }),
    ...(flags.size > 0 && { flags: [...flags] }),
  };
}

/** A grant from a public source counts only if its anonymousId already belonged to the person (model.md §7), which the
 *  fold knows; without an anonymousId it never can. A refusal always counts. */
function provenConsent(
  consent: ConsentChange,
  isPublic: boolean,
  identifiers: CollectedEvent["identifiers"],
  flags: Set<Flag>,
): ConsentChange | undefined {
  if (!consent.granted || !isPublic) return consent;
  if (!identifiers.some(([type]) => type === "anonymousId")) {
    flags.add("consent_grant_unproven");
    return undefined;
  }
  flags.add("public_grant");
  return consent;
}

function isActivity(call: ReadCall, sourceType: Reception["source"]["type"]): boolean {
  if (sourceType === "crm" || sourceType === "import") return false;
  if (call.type !== "track" && call.type !== "page" && call.type !== "screen") return false;
  return !NOT_ACTIVITY.has(call.event ?? "");
}
