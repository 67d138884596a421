import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { writeInstant, writeInstantOrNull } from "#events/admin-api/answer.ts";
import type { ProfileView } from "#events/admin-api/profile-view.ts";
import { isGranted } from "./consent.ts";
import { sumOrders } from "./orders.ts";
import type { Membership, MembershipKey, Profile, ProfileState, TierHistory } from "./state.ts";
import { readTrait, traitWrittenAt } from "./traits.ts";

/** A person as the API shows one: the profile, with the memberships and the history of tiers that were evaluated for this instant. Amounts in
 *  minor units of the project's currency. Pure. */
export function viewProfile(
  profile: Profile,
  memberships: ReadonlyMap<MembershipKey, Membership>,
  bundle: Pick<CompiledBundle, "project" | "traits">,
): ProfileView {
  const { state } = profile;
  const { currency } = bundle.project;
  return {
    profileId: profile.id,
    createdAt: writeInstant(profile.createdAt),
    firstSeen: writeInstantOrNull(state.firstSeen),
    lastSeen: writeInstantOrNull(state.lastSeen),
    version: profile.version,
    identifiers: [...state.identifiers].map(([key, since]) => ({
      ...splitIdentifier(key),
      since: writeInstant(since),
    })),
    traits: viewTraits(state, bundle.traits),
    orders: viewOrders(state, currency),
    refunds: viewRefunds(state, currency),
    activeDays: state.activeDays.size,
    acquisition: {
      ...(state.firstAcquisition && { first: state.firstAcquisition.value }),
      ...(state.lastAcquisition && { last: state.lastAcquisition.value }),
    },
    place: state.place?.value ?? {},
    device: state.device?.value ?? {},
    memberships: [...memberships]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, { since, until }]) => ({ key, since: writeInstant(since), until: writeInstantOrNull(until) })),
    tiers: viewTiers(memberships, profile.tierHistory),
    consent: plainRecord(
      [...state.consent].map(([key, consent]) => [
        key,
        { granted: isGranted(state, consent), at: writeInstant(consent.at) },
      ]),
    ),
    mergedFrom: [...state.absorbed].toSorted(),
  };
}

/** Where the person stands on each ladder, since when, and where it stood before. */
function viewTiers(
  memberships: ReadonlyMap<MembershipKey, Membership>,
  history: TierHistory = new Map(),
): ProfileView["tiers"] {
  const shown = [...memberships].flatMap(([key, { since }]): [string, ProfileView["tiers"][string]][] => {
    const [, ladder, tier] = /^tier:([^=]*)=(.*)$/.exec(key) ?? [];
    if (ladder === undefined || tier === undefined) return [];
    const previous = history.get(ladder)?.at(-2)?.tier ?? null;
    return [[ladder, { tier, since: writeInstant(since), previous }]];
  });
  return plainRecord(shown);
}

/** `openid:<app>:<value>` has the app in its type; every other type is what stands before the first colon. */
export function splitIdentifier(key: string): { type: string; value: string } {
  const type = /^openid:[\w-]{1,64}(?=:)/.exec(key)?.[0] ?? /^[^:]*(?=:)/.exec(key)?.[0];
  return type === undefined ? { type: "", value: key } : { type, value: key.slice(type.length + 1) };
}

function viewTraits(state: ProfileState, declared: CompiledBundle["traits"]): ProfileView["traits"] {
  const shown: [string, { value: unknown; at: string }][] = [];
  for (const [name, trait] of state.traits) {
    const value = readTrait(trait, declared.get(name)?.mode);
    if (value !== undefined) shown.push([name, { value, at: writeInstant(traitWrittenAt(trait)) }]);
  }
  return plainRecord(shown);
}

function viewOrders(state: ProfileState, currency: string): ProfileView["orders"] {
  const { count, revenueMinor, firstAt, lastAt } = sumOrders(state);
  return {
    count,
    revenue: { amount: revenueMinor, currency },
    first: writeInstantOrNull(firstAt),
    last: writeInstantOrNull(lastAt),
  };
}

function viewRefunds(state: ProfileState, currency: string): ProfileView["refunds"] {
  const { count, amountMinor } = sumRefunds(state);
  return { count, amount: { amount: amountMinor, currency } };
}

/** Refunds over all time: how many orders have one, and how much (minor units). */
export function sumRefunds(state: Pick<ProfileState, "refunds" | "rolledRefunds">): {
  count: number;
  amountMinor: number;
} {
  let amountMinor = state.rolledRefunds?.amountMinor ?? 0;
  for (const refund of state.refunds.values()) amountMinor += refund.value;
  return { count: state.refunds.size + (state.rolledRefunds?.count ?? 0), amountMinor };
}

/** Names come from clients: sorted, and none of them can be taken for a prototype. */
function plainRecord<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
