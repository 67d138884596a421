import { durationMs, parseDuration } from "#domain/time/duration.ts";
import type { Inactive } from "#events/rule/leaves.ts";
import type { CompileLeaf } from "../leaf.ts";
import { ALWAYS, NEVER, verdict } from "../verdict.ts";

/** Exact hours since lastSeen. Someone who was never seen has not become inactive: like any missing value, that is no. */
export const compileInactive: CompileLeaf<Inactive> = (inactive) => {
  const length = durationMs(parseDuration(inactive.for));
  return {
    judge({ state: { lastSeen }, now }) {
      if (lastSeen === undefined) return NEVER;
      return now - lastSeen >= length ? ALWAYS : verdict(false, lastSeen + length);
    },
    seen: ({ state: { lastSeen } }) => (lastSeen === undefined ? undefined : new Date(lastSeen).toISOString()),
  };
};
