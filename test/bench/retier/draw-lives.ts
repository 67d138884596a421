import { toProfileItem } from "#aws/stores/profile-item.ts";
import { type CompiledBundle, compileBundle } from "#domain/definitions/compile-bundle.ts";
import { nextVersion } from "#domain/profile/apply-memberships.ts";
import { foldEvents } from "#domain/profile/fold.ts";
import type { MembershipKey, Profile } from "#domain/profile/state.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import type { Definition } from "#events/definitions/index.ts";
import type { Item } from "../../support/memory-dynamo-expressions.ts";
import { newPerson } from "../population/new-person.ts";
import { shopBatches } from "../population/shop-batches.ts";
import { storedShopBundle } from "../population/shop-definitions.ts";
import { ExpectedMembers, type PersonCounts } from "./expected-members.ts";

const MINUTE_MS = 60_000;
const EVENTS_A_LIFE = 10;
/** The last visit of the population ends within the hour after this. */
const LAST_VISIT = Date.UTC(2026, 6, 31, 9);
/** When everyone was last evaluated, and when the run begins: nothing expires in between. */
const EVALUATED_AT = LAST_VISIT + 61 * MINUTE_MS;
export const RUN_AT = EVALUATED_AT + 5 * MINUTE_MS;

const VALUE: Definition = {
  kind: "ladder",
  name: "value",
  tiers: [
    { name: "high", rule: { quantile: { of: "orders.revenue", among: "buyers", atLeast: 0.8 } } },
    { name: "middle", rule: { quantile: { of: "orders.revenue", among: "buyers", atLeast: 0.5 } } },
    { name: "low", rule: { orders: { count: { atLeast: 1 } } } },
    { name: "none" },
  ],
};
export const SHOP_WITH_VALUE = storedShopBundle({ more: [VALUE] });

/** What one person did in 60 days, as it is stored, and what the definitions ask of it, counted another way. */
export interface Life {
  readonly item: Item;
  readonly memberships: ReadonlyMap<MembershipKey, number>;
  readonly counts: PersonCounts;
}

/** Draws lives of the shop's population, evaluated before anybody knew the quantiles of the ladder `value`. */
export function drawLives(people: number): Life[] {
  const bundle = compileBundle(SHOP_WITH_VALUE);
  const expected = new ExpectedMembers(RUN_AT);
  const profiles = new Map<string, Profile>();
  for (const { lines, actions } of shopBatches({ people, events: EVENTS_A_LIFE * people }, bundle.calendar)) {
    for (const action of actions) expected.add(action);
    const events = lines.map((line) => JSON.parse(line) as CollectedEvent);
    for (const [key, own] of Map.groupBy(events, ({ identifiers }) => identifiers[0]?.[1] ?? "")) {
      const [first] = own;
      const profile = profiles.get(key) ?? (first && newPerson(first));
      if (profile) profiles.set(key, { ...profile, state: foldEvents(profile.state, own, bundle.features).state });
    }
  }
  return Array.from(profiles, ([key, profile]) => toLife(profile, expected.of(key), bundle));
}

function toLife(profile: Profile, counts: PersonCounts, bundle: CompiledBundle): Life {
  const evaluated = nextVersion({ ...profile, filledTo: bundle.version }, {}, EVALUATED_AT, bundle);
  const memberships = new Map([...evaluated.memberships].map(([key, { since }]) => [key, since]));
  return { item: toProfileItem({ ...evaluated, outbox: [] }), memberships, counts };
}
