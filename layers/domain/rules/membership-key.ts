import type { MembershipKey } from "#domain/profile/state.ts";

/** `tag:frequent-buyer` */
export function tagKey(name: string): MembershipKey {
  return `tag:${name}` as MembershipKey;
}

/** `tag:top-category=coffee` */
export function valueKey(name: string, value: string): MembershipKey {
  return `tag:${name}=${value}` as MembershipKey;
}

/** `segment:win-back` */
export function segmentKey(name: string): MembershipKey {
  return `segment:${name}` as MembershipKey;
}

/** `tier:value=high` */
export function tierKey(ladder: string, tier: string): MembershipKey {
  return `tier:${ladder}=${tier}` as MembershipKey;
}
