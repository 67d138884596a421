import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { evaluateMemberships } from "#domain/memberships/evaluate-memberships.ts";
import type { Profile } from "#domain/profile/state.ts";
import { dropMissing, makeRenderScope } from "./render-scope.ts";

/** Where the links to unsubscribe of a preview lead: to nothing. */
const LINKS = { unsubscribe: "https://unsubscribe.invalid/", preferences: "https://preferences.invalid/" };

/** What a preview or a test message is rendered with: a real person where there is one, the sample for everything else. */
export function makePreviewScope(
  sample: Readonly<Record<string, unknown>>,
  { person, arm, now }: { person: Profile | undefined; arm: string | undefined; now: number },
  bundle: CompiledBundle,
): Record<string, unknown> {
  const real =
    person && makeRenderScope(person, evaluateMemberships(person, now, bundle).memberships, {}, bundle).person;
  const given = dropMissing(sample) as Record<string, unknown>;
  return {
    person: {},
    journey: { name: "preview" },
    arms: {},
    links: LINKS,
    ...given,
    ...(real !== undefined && { person: real }),
    ...(arm !== undefined && { arm }),
  };
}
