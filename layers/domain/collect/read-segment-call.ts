import type { Acquisition } from "#events/collected-event.ts";
import { modernName } from "./event-names.ts";
import { parseInstant } from "./event-time.ts";
import { asObject, type JsonObject, ownValue, textAt } from "./json-object.ts";
import type { CallType, IdentifierCandidate, ReadCall } from "./read-call.ts";
import { CallRefusedError } from "./refusals.ts";

const CALL_TYPES: ReadonlySet<string> = new Set(["track", "identify", "page", "screen", "group", "alias"]);
const MAX_MESSAGE_ID_BYTES = 255;

/** Reads a call of the Segment spec, as Segment's and RudderStack's SDKs send it; `type` is in the call. Throws
 *  CallRefusedError. */
export function readSegmentCall(call: JsonObject): ReadCall {
  const type = readType(call.type);
  const context = readObject(call, "context") ?? {};
  const ownTraits = readObject(call, "traits");
  // RudderStack's SDKs carry the person's traits in the context; in an identify they are what it says.
  const contextTraits = asObject(context.traits);
  const properties = readObject(call, "properties");
  const traits = type === "identify" ? { ...contextTraits, ...ownTraits } : readGroups(type, call);
  return {
    type,
    event: readEventName(type, call),
    messageId: readMessageId(call.messageId),
    candidates: readCandidates(type, call, context, type === "identify" ? traits : contextTraits),
    claimedAt: readTime(call.timestamp) ?? readTime(call.originalTimestamp),
    sentAt: parseInstant(call.sentAt),
    traits,
    ...(type === "group" && { writeMode: "append" }),
    properties: readProperties(type, call, properties, ownTraits),
    visit: {
      said: readCampaign(asObject(context.campaign)),
      pageUrl: textAt(context, "page", "url") ?? textAt(properties, "url"),
      referrer:
        textAt(context, "page", "referrer") ?? textAt(context, "referrer", "url") ?? textAt(properties, "referrer"),
    },
    os: textAt(context, "os", "name"),
    app: textAt(context, "app", "name"),
    ip: textAt(context, "ip"),
    userAgent: textAt(context, "userAgent"),
  };
}

function readType(type: unknown): CallType {
  if (typeof type === "string" && CALL_TYPES.has(type)) return type as CallType;
  throw new CallRefusedError("type_unknown");
}

function readObject(call: JsonObject, field: string): JsonObject | undefined {
  const value = ownValue(call, field);
  if (value === undefined || value === null) return undefined;
  const object = asObject(value);
  if (object === undefined) throw new CallRefusedError("bad_type", field);
  return object;
}

function readEventName(type: CallType, call: JsonObject): string | undefined {
  if (type === "page") return "Page Viewed";
  if (type === "screen") return "Screen Viewed";
  if (type !== "track") return undefined;
  const { event } = call;
  if (event !== undefined && event !== null && typeof event !== "string")
    throw new CallRefusedError("bad_type", "event");
  if (event === undefined || event === null || event.trim() === "") throw new CallRefusedError("event_missing");
  return modernName(event);
}

function readMessageId(given: unknown): string | undefined {
  if (given === undefined || given === null || given === "") return undefined;
  const id = typeof given === "number" && Number.isSafeInteger(given) ? String(given) : given;
  if (typeof id === "string" && Buffer.byteLength(id) <= MAX_MESSAGE_ID_BYTES) return id;
  throw new CallRefusedError("message_id_invalid");
}

function readTime(given: unknown): number | undefined {
  if (given === undefined || given === null || given === "") return undefined;
  const instant = parseInstant(given);
  if (instant === undefined) throw new CallRefusedError("timestamp_invalid");
  return instant;
}

/** `groupId` is appended to the person's trait `groups`. The traits of a group call describe the group, not the person:
 *  they stay in the behaviour log, as properties. */
function readGroups(type: CallType, call: JsonObject): JsonObject | undefined {
  if (type !== "group") return undefined;
  const { groupId } = call;
  const id = typeof groupId === "number" && Number.isSafeInteger(groupId) ? String(groupId) : groupId;
  if (id === undefined || id === null || id === "") throw new CallRefusedError("group_missing");
  if (typeof id !== "string") throw new CallRefusedError("bad_type", "groupId");
  return { groups: [id] };
}

function readProperties(
  type: CallType,
  call: JsonObject,
  properties: JsonObject | undefined,
  ownTraits: JsonObject | undefined,
): JsonObject | undefined {
  switch (type) {
    case "track":
      return properties;
    case "page":
    case "screen": {
      const named: JsonObject = {
        ...(typeof call.name === "string" && { name: call.name }),
        ...(typeof call.category === "string" && { category: call.category }),
      };
      return { ...named, ...properties };
    }
    case "group":
      return { ...ownTraits, groupId: call.groupId };
    case "alias":
      return { previousId: call.previousId };
    case "identify":
      return undefined;
    default:
      return type satisfies never;
  }
}

function readCandidates(
  type: CallType,
  call: JsonObject,
  context: JsonObject,
  traits: JsonObject | undefined,
): IdentifierCandidate[] {
  const device = asObject(context.device);
  const candidates: IdentifierCandidate[] = [
    { type: "userId", value: call.userId, main: true },
    { type: "anonymousId", value: call.anonymousId, main: true },
    { type: "phone", value: ownValue(traits, "phone"), main: false },
    { type: "email", value: ownValue(traits, "email"), main: false },
    { type: "deviceId", value: device?.id, main: false },
    { type: "registrationId", value: device?.token, main: false },
  ];
  // Whether it is in truth a userId is known where the person is resolved, not here.
  if (type === "alias") candidates.push({ type: "anonymousId", value: call.previousId, main: true });
  if (Array.isArray(context.externalIds)) {
    for (const external of context.externalIds.map(asObject)) {
      const idType = textAt(external, "type");
      if (external !== undefined && idType !== undefined)
        candidates.push({ type: idType, value: external.id, main: false });
    }
  }
  return candidates;
}

function readCampaign(campaign: JsonObject | undefined): Acquisition {
  const fields: Acquisition = {};
  for (const [field, name] of [
    ["source", "source"],
    ["medium", "medium"],
    ["campaign", "name"],
    ["term", "term"],
    ["content", "content"],
  ] as const) {
    const value = textAt(campaign, name);
    if (value !== undefined) fields[field] = value;
  }
  return fields;
}
