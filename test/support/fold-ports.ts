import { compileBundle } from "#domain/definitions/compile-bundle.ts";
import type { Definition } from "#events/definitions/index.ts";
import type { FoldPorts } from "#functions/fold/fold-batch.ts";
import { makeFollowPorts } from "./follow-ports.ts";
import { makeMemoryActivityStore } from "./memory-activity-store.ts";
import { makeMemoryConflictStore } from "./memory-conflict-store.ts";
import { makeMemoryConsentStore } from "./memory-consent-store.ts";
import { makeMemoryIdentityStore } from "./memory-identity-store.ts";
import { makeMemoryProfileStore } from "./memory-profile-store.ts";
import { makeMemoryFactStream } from "./memory-streams.ts";
import { makeMemoryTimerStore } from "./memory-timer-store.ts";
import { NOON } from "./people.ts";

/** Compiles definitions as version 1 of a bundle. */
export function aBundle(...definitions: Definition[]) {
  return compileBundle({
    version: 1,
    definitions: definitions.map((definition) => ({
      kind: definition.kind,
      name: definition.name,
      version: 1,
      definition,
    })),
  });
}

export const viewerTag: Definition = {
  kind: "tag",
  name: "viewer",
  rule: { did: { event: "Product Viewed", atLeast: 2 } },
};

/** Everything the fold needs, in memory. */
export function makeMemoryFoldPorts(bundle = aBundle(viewerTag)) {
  const counted = new Map<string, number>();
  const ports = {
    profiles: makeMemoryProfileStore(),
    timers: makeMemoryTimerStore(),
    identities: makeMemoryIdentityStore(),
    activity: makeMemoryActivityStore(),
    consents: makeMemoryConsentStore(),
    ...makeFollowPorts(),
    conflicts: makeMemoryConflictStore(),
    facts: makeMemoryFactStream(),
    definitions: { get: async () => bundle, atLeast: async () => bundle },
    now: () => NOON,
    count: (metric, n) => counted.set(metric, (counted.get(metric) ?? 0) + n),
  } satisfies FoldPorts;
  return { ...ports, counted };
}
