import type { Profile } from "#domain/profile/state.ts";
import type { Journal } from "./journal.ts";

/** Versions grow one by one and only grow; what may never change of a person does not; and every membership that
 *  changes leaves its fact in the outbox of the very write that changed it. */
export function watchVersions(journal: Journal): void {
  const complain = (law: string, what: string) => journal.violations.push({ law, what });

  journal.onVersion((after, before) => {
    for (const fact of after.outbox) journal.owed.set(fact.factId, fact);
    const isOutboxCleared = after.version === before?.version && after.outbox.length === 0;
    if (isOutboxCleared) return;
    if (after.version !== (before?.version ?? 0) + 1) {
      complain("version", `${after.id} went from version ${before?.version} to ${after.version}`);
    }
    checkFacts(after, before);
    if (!before) return;
    if (after.createdAt !== before.createdAt) complain("version", `${after.id} changed its createdAt`);
    if (after.bundleVersion < before.bundleVersion) {
      complain("bundle", `${after.id} went back from definitions ${before.bundleVersion} to ${after.bundleVersion}`);
    }
    if (before.mergedInto !== undefined) complain("frozen", `${after.id} was written after it was frozen`);
  });

  function checkFacts(after: Profile, before: Profile | undefined): void {
    const keys = new Set([...after.memberships.keys(), ...(before?.memberships.keys() ?? [])]);
    for (const key of keys) {
      const isMember = after.memberships.has(key);
      if (isMember === (before?.memberships.has(key) ?? false)) continue;
      const change = isMember ? "entered" : "left";
      const owes = after.outbox.some(
        (fact) => fact.kind === "membership" && fact.key === key && fact.change === change,
      );
      if (!owes) complain("fact-not-owed", `${after.id} ${change} ${key} in version ${after.version} without a fact`);
    }
  }
}
