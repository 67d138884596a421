import UAParser from "ua-parser-js";
import type { Device, SourceType } from "#events/collected-event.ts";

const PLATFORM_OF_SOURCE: Partial<Record<SourceType, string>> = {
  web: "web",
  android: "android",
  ios: "ios",
  "mini-program": "mini-program",
  "official-account": "official-account",
};
const OS_OF_PLATFORM: Readonly<Record<string, string>> = { android: "Android", ios: "iOS" };
/** The name of an operating system as the user-agent parser writes it, by how SDKs write it. */
const OS_NAMES: ReadonlyMap<string, string> = new Map([
  ["android", "Android"],
  ["ios", "iOS"],
  ["ipados", "iOS"],
  ["iphone os", "iOS"],
  ["macos", "Mac OS"],
  ["mac os x", "Mac OS"],
  ["mac os", "Mac OS"],
  ["windows", "Windows"],
  ["linux", "Linux"],
  ["harmonyos", "HarmonyOS"],
]);
/** Longer ones are somebody's experiment, and parsing is not free. */
const MAX_USER_AGENT = 512;
const MAX_FIELD_CHARACTERS = 64;

const osByUserAgent = new Map<string, string | undefined>();
const MAX_REMEMBERED = 1000;

/** What the person used. `platform` is the touchpoint (`web android ios mini-program official-account`), told by the
 *  source's type or else by what the SDK or the user agent says of the machine; `os` is the operating system's name. */
export function readDevice(told: {
  readonly sourceType: SourceType;
  readonly os: string | undefined;
  readonly app: string | undefined;
  readonly userAgent: string | undefined;
}): Device | undefined {
  const named = told.os === undefined ? undefined : (OS_NAMES.get(told.os.trim().toLowerCase()) ?? told.os.trim());
  const parsed = osOfUserAgent(told.userAgent);
  const platform =
    PLATFORM_OF_SOURCE[told.sourceType] ?? mobilePlatform(named) ?? (parsed === undefined ? undefined : "web");
  const os = named ?? parsed ?? (platform === undefined ? undefined : OS_OF_PLATFORM[platform]);
  if (platform === undefined && os === undefined && told.app === undefined) return undefined;
  return {
    ...(platform !== undefined && { platform }),
    ...(os !== undefined && { os: cut(os) }),
    ...(told.app !== undefined && { app: cut(told.app) }),
  };
}

function mobilePlatform(os: string | undefined): string | undefined {
  return os === "Android" ? "android" : os === "iOS" ? "ios" : undefined;
}

function osOfUserAgent(userAgent: string | undefined): string | undefined {
  if (userAgent === undefined) return undefined;
  const short = userAgent.slice(0, MAX_USER_AGENT);
  if (osByUserAgent.has(short)) return osByUserAgent.get(short);
  const os = new UAParser(short).getOS().name;
  // A pure memory: the same text always gives the same name, and a flood of invented ones only starts it over.
  if (osByUserAgent.size >= MAX_REMEMBERED) osByUserAgent.clear();
  osByUserAgent.set(short, os);
  return os;
}

function cut(text: string): string {
  return text.slice(0, MAX_FIELD_CHARACTERS).toWellFormed();
}
