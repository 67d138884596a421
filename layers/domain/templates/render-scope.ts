import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { sumOrders } from "#domain/profile/orders.ts";
import type { Membership, MembershipKey, Profile } from "#domain/profile/state.ts";
import { readTrait } from "#domain/profile/traits.ts";
import type { CollectedEvent } from "#events/collected-event.ts";

/** Values nested deeper than this are of no use in a message. */
const MAX_DEPTH = 12;

/** The links that a message can offer. */
export interface MessageLinks {
  readonly unsubscribe?: string;
  readonly preferences?: string;
}

/** What a message is about, beside the person. */
export interface MessageOccasion {
  readonly journey?: string;
  /** The event that let the person in: absent where it was none. */
  readonly event?: Pick<CollectedEvent, "event" | "properties" | "money" | "at">;
  /** Arms drawn, by experiment, in the order of the draws. */
  readonly arms?: readonly (readonly [experiment: string, arm: string])[];
  readonly links?: MessageLinks;
}

/** What a template can ask for (definitions.md, Templates): `person`, `event`, `arm`, `arms`, `journey`, `links`. Amounts
 *  in major units of the project's currency, instants as ISO 8601. What is null is left out, so that it is missing. */
export function makeRenderScope(
  { id, state }: Pick<Profile, "id" | "state">,
  memberships: ReadonlyMap<MembershipKey, Membership>,
  { journey, event, arms = [], links = {} }: MessageOccasion,
  { project, traits, ruleSettings }: Pick<CompiledBundle, "project" | "traits" | "ruleSettings">,
): Record<string, unknown> {
  const { minorUnits } = ruleSettings;
  const { count, revenueMinor, firstAt, lastAt } = sumOrders(state);
  const named = [...state.traits].map(([name, trait]) => [name, readTrait(trait, traits.get(name)?.mode)] as const);
  const scope = {
    person: {
      profileId: id,
      traits: Object.fromEntries(named),
      orders: {
        count,
        revenue: revenueMinor / minorUnits,
        averageValue: count > 0 ? Math.round(revenueMinor / count) / minorUnits : undefined,
        currency: project.currency,
        first: isoOf(firstAt),
        last: isoOf(lastAt),
      },
      tiers: Object.fromEntries(keysAs(memberships, "tier")),
      tags: keysAs(memberships, "tag").map((parts) => parts.filter(Boolean).join("=")),
      segments: keysAs(memberships, "segment").map(([name]) => name),
    },
    event: event && {
      name: event.event,
      at: isoOf(event.at),
      properties: event.properties,
      money: Object.fromEntries(
        Object.entries(event.money ?? {}).map(([name, minor]) => [name, Number(minor) / minorUnits]),
      ),
    },
    arm: arms.at(-1)?.[1],
    arms: Object.fromEntries(arms),
    journey: journey === undefined ? undefined : { name: journey },
    links,
  };
  return dropMissing(scope, 0) as Record<string, unknown>;
}

/** The name, and the tier or the value, of every key of a kind. */
function keysAs(memberships: ReadonlyMap<MembershipKey, Membership>, kind: string): [name: string, value: string][] {
  return [...memberships.keys()].flatMap((key): [string, string][] => {
    const [, found, name = "", value = ""] = /^(\w+):([^=]*)(?:=(.*))?$/s.exec(key) ?? [];
    return found === kind ? [[name, value]] : [];
  });
}

function isoOf(at: number | undefined): string | undefined {
  return at === undefined || !Number.isFinite(at) ? undefined : new Date(at).toISOString();
}

/** A value without what is null or undefined anywhere in it, as plain JSON. */
export function dropMissing(value: unknown, depth = 0): unknown {
  if (depth > MAX_DEPTH) return undefined;
  if (Array.isArray(value))
    return value.map((item) => dropMissing(item, depth + 1)).filter((item) => item !== undefined);
  if (typeof value !== "object" || value === null) return value ?? undefined;
  const entries = Object.entries(value).map(([key, item]) => [key, dropMissing(item, depth + 1)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
}
