import { asObject, type JsonObject, ownValue, textAt } from "./json-object.ts";
import type { IdentifierCandidate } from "./read-call.ts";

/** Sensors' preset identities by ours. A machine's own numbers are all device ids; what a browser's cookie or an app's
 *  first start made up is anonymous. */
const IDENTITY_TYPES: ReadonlyMap<string, string> = new Map([
  ["$identity_login_id", "userId"],
  ["$identity_mobile", "phone"],
  ["$identity_email", "email"],
  ["$identity_unionid", "unionid"],
  ["$identity_wechat_unionid", "unionid"],
  ["$identity_mp_unionid", "unionid"],
  ["$identity_openid", "openid"],
  ["$identity_mp_openid", "openid"],
  ["$identity_wechat_openid", "openid"],
  ["$identity_anonymous_id", "anonymousId"],
  ["$identity_cookie_id", "anonymousId"],
  ["$identity_mp_id", "anonymousId"],
  ["$identity_android_uuid", "anonymousId"],
  ["$identity_ios_uuid", "anonymousId"],
  ["$identity_harmony_uuid", "anonymousId"],
  ["$identity_android_id", "deviceId"],
  ["$identity_idfa", "deviceId"],
  ["$identity_idfv", "deviceId"],
  ["$identity_imei", "deviceId"],
  ["$identity_oaid", "deviceId"],
  ["$identity_harmony_oaid", "deviceId"],
  ["$identity_device_id", "deviceId"],
  ["$identity_registration_id", "registrationId"],
  ["$identity_jpush_id", "registrationId"],
]);

/** Who a Sensors call is about (model.md §2). Cookie and anonymous identity are usually one value twice. */
export function readSensorsIdentities(call: JsonObject): IdentifierCandidate[] {
  const identities = asObject(call.identities);
  const properties = asObject(call.properties);
  const traits = isProfileWrite(call) ? properties : undefined;
  const loggedIn = ownValue(properties, "$is_login_id") === true || call.$is_login_id === true;
  const loginId = call.login_id ?? ownValue(identities, "$identity_login_id");
  const isSignUp = call.type === "track_signup";
  const candidates: IdentifierCandidate[] = [{ type: "userId", value: loginId, main: true }];
  // A distinct_id beside a login id repeats it or the anonymous id, so it is told apart by what it equals.
  const distinctIsUser = isSignUp || loggedIn || (isGiven(loginId) && call.distinct_id === loginId);
  candidates.push({ type: distinctIsUser ? "userId" : "anonymousId", value: call.distinct_id, main: true });
  if (isSignUp) candidates.push({ type: "anonymousId", value: call.original_id, main: true });
  candidates.push({ type: "anonymousId", value: call.anonymous_id, main: false });
  for (const [name, value] of Object.entries(identities ?? {})) {
    if (name === "$identity_login_id") continue;
    candidates.push({ type: IDENTITY_TYPES.get(name) ?? name.replace(/^\$identity_/, ""), value, main: false });
  }
  candidates.push({ type: "phone", value: textAt(traits, "phone") ?? textAt(traits, "$phone"), main: false });
  candidates.push({ type: "email", value: textAt(traits, "email") ?? textAt(traits, "$email"), main: false });
  return candidates;
}

/** True for the calls that write the person's traits. */
export function isProfileWrite(call: JsonObject): boolean {
  return typeof call.type === "string" && call.type.startsWith("profile_");
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}
