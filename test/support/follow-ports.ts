import type { LinkKey } from "#domain/links/link-token.ts";
import type { FollowPorts } from "#functions/fold/follow-events.ts";
import { makeMemoryInappStore } from "./memory-inapp-store.ts";
import { makeMemorySuppressionStore } from "./memory-suppression-store.ts";
import { NOON } from "./people.ts";

export const LINK_KEY: LinkKey = { id: "test", secret: Buffer.from("the key of links in tests") };

/** What the fold needs to follow events outside the profile, in memory. */
export function makeFollowPorts() {
  return {
    suppressions: makeMemorySuppressionStore(),
    inapp: makeMemoryInappStore(() => NOON),
    linkKey: async () => LINK_KEY,
  } satisfies FollowPorts;
}
