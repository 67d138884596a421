import { ProfileView } from "#events/admin-api/profile-view.ts";
import type { ApiClient } from "./api-client.ts";
import { usageError } from "./cli-error.ts";

/** True for a profile id, such as p_7c4qk2m9x0v3d8s1t6b5n4h2aa. */
export function isProfileId(who: string): boolean {
  return /^p_[\w-]+$/.test(who);
}

/** Throws a usage error for what is neither `type:value` nor a profile id. */
export function checkPerson(who: string): void {
  if (isProfileId(who) || /^[^:]+:./s.test(who)) return;
  throw usageError(
    `Not an identifier: ${who}`,
    "Write it as type:value, such as userId:12583, or give a profile id (p_…).",
  );
}

/** Reads the person with this identifier or profile id. */
export function findPerson(api: ApiClient, who: string): Promise<ProfileView> {
  return isProfileId(who)
    ? api.get(`/admin/v1/profiles/${encodeURIComponent(who)}`, ProfileView)
    : api.get("/admin/v1/profiles", ProfileView, { query: { identifier: who } });
}
