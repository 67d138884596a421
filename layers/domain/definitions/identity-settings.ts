import type { Project } from "./project.ts";

export interface IdentityLimit {
  /** The most values of the type that one person may have. */
  readonly limit: number;
  /** Two people with different values of it are never merged. */
  readonly unique: boolean;
}

const DEFAULT_LIMIT = 5;
const DEFAULT_LIMITS: ReadonlyMap<string, number> = new Map([
  ["userId", 1],
  ["anonymousId", 100],
  ["deviceId", 100],
]);
/** Strongest first (model.md §2). Types of the project's own identify a person, so they stand before those of a device. */
const OF_PERSONS = ["userId", "unionid", "phone", "email", "openid"];
const OF_DEVICES = ["deviceId", "registrationId", "anonymousId"];

type IdentityTypes = Project["identityTypes"];

/** The limit of each type; `openid:<app>` has that of `openid` unless it is named itself. */
export function makeIdentityLimits(types: IdentityTypes): (type: string) => IdentityLimit {
  const own = new Map(types.map((setting) => [setting.type, setting]));
  return (type) => {
    const family = familyOf(type);
    const setting = own.get(type) ?? own.get(family);
    const unique = setting?.unique ?? family === "userId";
    const limit = setting?.limit ?? (unique ? 1 : (DEFAULT_LIMITS.get(family) ?? DEFAULT_LIMIT));
    return { limit, unique };
  };
}

/** The strength of each type, 0 the strongest: presets that name a person, the project's own types in their order, types
 *  that nobody declared, presets that name a device. */
export function makeIdentityRank(types: IdentityTypes): (type: string) => number {
  const presets = new Set([...OF_PERSONS, ...OF_DEVICES]);
  const own = types.map(({ type }) => type).filter((type) => !presets.has(familyOf(type)));
  const declared = new Map([...OF_PERSONS, ...own].map((type, rank) => [type, rank]));
  const devices = new Map(OF_DEVICES.map((type, index) => [type, declared.size + 1 + index]));
  return (type) => declared.get(type) ?? declared.get(familyOf(type)) ?? devices.get(type) ?? declared.size;
}

function familyOf(type: string): string {
  return type.startsWith("openid:") ? "openid" : type;
}
