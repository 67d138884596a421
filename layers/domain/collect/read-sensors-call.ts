import { createHash } from "node:crypto";
import type { Acquisition, TraitWriteMode } from "#events/collected-event.ts";
import { spacedName } from "./event-names.ts";
import { parseInstant } from "./event-time.ts";
import { asObject, type JsonObject, textAt } from "./json-object.ts";
import type { ReadCall } from "./read-call.ts";
import { CallRefusedError, type RefusalCode } from "./refusals.ts";
import { readSensorsIdentities } from "./sensors-identities.ts";

const PROFILE_WRITES: ReadonlyMap<string, TraitWriteMode> = new Map([
  ["profile_set", "overwrite"],
  ["profile_set_once", "setOnce"],
  ["profile_increment", "add"],
  ["profile_append", "append"],
  ["profile_unset", "unset"],
]);
/** Calls that record that something happened; a sign-up and a binding also link the identifiers that they carry. */
const TRACKS: ReadonlySet<string> = new Set(["track", "track_signup", "track_id_bind"]);
const UNSUPPORTED: ReadonlyMap<string, RefusalCode> = new Map([
  ["item_set", "sensors_item_unsupported"],
  ["item_delete", "sensors_item_unsupported"],
  ["profile_delete", "sensors_profile_delete_unsupported"],
  ["track_id_unbind", "sensors_unbind_unsupported"],
]);
const SCREEN_VIEWS: ReadonlySet<string> = new Set(["$AppViewScreen", "$MPViewScreen"]);
/** What the SDK writes into its preset properties when it could not know. */
const PLACEHOLDER = /^(?:未取到|取值异常|(?:url|referrer)的domain解析失败|url解析失败|未知)/;

/** Reads a call of the Sensors Data wire (model.md §2). Throws CallRefusedError. */
export function readSensorsCall(call: JsonObject): ReadCall {
  const type = typeof call.type === "string" ? call.type : "";
  const unsupported = UNSUPPORTED.get(type);
  if (unsupported !== undefined) throw new CallRefusedError(unsupported);
  const shared = {
    messageId: messageIdOf(call),
    candidates: readSensorsIdentities(call),
    claimedAt: readTime(call.time),
  };
  const write = PROFILE_WRITES.get(type);
  if (write !== undefined) {
    const traits = readTraits(call.properties, write);
    return { ...shared, type: "identify", traits, writeMode: write, visit: NO_VISIT };
  }
  if (TRACKS.has(type)) return { ...shared, ...readTrack(type, call) };
  throw new CallRefusedError("type_unknown");
}

const NO_VISIT: ReadCall["visit"] = { said: {}, pageUrl: undefined, referrer: undefined };

function readTrack(type: string, call: JsonObject): Omit<ReadCall, "messageId" | "candidates" | "claimedAt"> {
  const properties = readProperties(call.properties);
  const name = readEventName(type, call.event);
  return {
    ...nameEvent(name, properties),
    visit: {
      said: readCampaign(properties),
      pageUrl: textAt(properties, "$url"),
      referrer: textAt(properties, "$referrer") ?? textAt(properties, "$latest_referrer"),
    },
    os: textAt(properties, "$os"),
    app: textAt(properties, "$app_name"),
    ip: textAt(properties, "$ip"),
    userAgent: textAt(properties, "$user_agent"),
  };
}

function readEventName(type: string, event: unknown): string {
  if (event !== undefined && event !== null && typeof event !== "string")
    throw new CallRefusedError("bad_type", "event");
  if (typeof event === "string" && event.trim() !== "") return event;
  if (type === "track_signup") return "$SignUp";
  if (type === "track_id_bind") return "$BindID";
  throw new CallRefusedError("event_missing");
}

/** A page view has the property names of the Segment spec beside its own, so that one rule serves both kinds of SDK. */
function nameEvent(name: string, properties: JsonObject): Pick<ReadCall, "type" | "event" | "properties"> {
  if (SCREEN_VIEWS.has(name)) {
    const screen = textAt(properties, "$title") ?? textAt(properties, "$screen_name");
    const named = screen === undefined ? {} : { name: screen };
    return { type: "screen", event: "Screen Viewed", properties: { ...named, ...properties } };
  }
  if (name !== "$pageview") return { type: "track", event: spacedName(name), properties };
  const page: Record<string, unknown> = {};
  for (const [field, preset] of PAGE_FIELDS) {
    if (properties[preset] !== undefined) page[field] = properties[preset];
  }
  return { type: "page", event: "Page Viewed", properties: { ...page, ...properties } };
}

const PAGE_FIELDS = [
  ["url", "$url"],
  ["path", "$url_path"],
  ["title", "$title"],
  ["referrer", "$referrer"],
] as const;

function readProperties(given: unknown): JsonObject {
  if (given === undefined || given === null) return {};
  const properties = asObject(given);
  if (properties === undefined) throw new CallRefusedError("bad_type", "properties");
  return Object.fromEntries(Object.entries(properties).filter(([name, value]) => !isPlaceholder(name, value)));
}

/** A person's own words are never taken for a placeholder: only preset names, which begin with a dollar sign, hold one. */
function isPlaceholder(name: string, value: unknown): boolean {
  return name.startsWith("$") && typeof value === "string" && PLACEHOLDER.test(value);
}

/** `profile_unset` names its traits as keys, or in some SDKs as a list. */
function readTraits(given: unknown, write: TraitWriteMode): JsonObject {
  const listed =
    write === "unset" && Array.isArray(given) ? given.filter((name) => typeof name === "string") : undefined;
  const traits = listed ? Object.fromEntries(listed.map((name) => [name, null])) : readProperties(given);
  const kept = Object.entries(traits).filter(([name]) => name !== "$is_login_id");
  return Object.fromEntries(write === "unset" ? kept.map(([name]) => [name, null]) : kept);
}

function readTime(given: unknown): number | undefined {
  if (given === undefined || given === null || given === "") return undefined;
  const instant = parseInstant(given);
  if (instant === undefined) throw new CallRefusedError("timestamp_invalid");
  return instant;
}

/** The SDKs number their calls at random; with the person, the time and the kind that makes one call. Where an old SDK
 *  sends no number the whole call does, so that at least its own retries are told. */
function messageIdOf(call: JsonObject): string {
  const parts = [call.distinct_id, call._track_id, call.time, call.type];
  const told =
    call._track_id === undefined || call._track_id === null ? [...parts, { ...call, _flush_time: null }] : parts;
  return `sa-${createHash("sha256").update(JSON.stringify(told)).digest("base64url").slice(0, 27)}`;
}

/** The campaign of this visit, else the latest that the SDK remembers. */
function readCampaign(properties: JsonObject): Acquisition {
  const fields: Acquisition = {};
  for (const field of ["source", "medium", "campaign", "term", "content"] as const) {
    const value = textAt(properties, `$utm_${field}`) ?? textAt(properties, `$latest_utm_${field}`);
    if (value !== undefined) fields[field] = value;
  }
  const keyword = textAt(properties, "$search_keyword") ?? textAt(properties, "$latest_search_keyword");
  if (keyword !== undefined) fields.keyword = keyword;
  return fields;
}
