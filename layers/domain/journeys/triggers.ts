import type { Fact, MembershipFact } from "#events/fact.ts";
import { anniversaryKey } from "./anniversary-segment.ts";
import type { CompiledJourney } from "./compile-journey.ts";
import type { EntryCause } from "./run.ts";

/** What a fact says once more is known of its neighbours: the tier that was left for the one that is entered. */
export interface TriggerFact {
  readonly fact: Fact;
  /** Of a tier that is entered. */
  readonly leftTier?: string;
}

/** Reads one record's facts of one person. Passed over: what a person left and entered only because two turned out to be
 *  one, and what was said of the one who is no more (`living` is the id of the other). Of a change of tiers the fact
 *  of entering knows what was left. Pure. */
export function readTriggers(facts: readonly Fact[], living: string): TriggerFact[] {
  const carried = keysCarriedOver(facts);
  const leftTiers = new Map<string, string>();
  return facts.flatMap((fact): TriggerFact[] => {
    if (fact.kind !== "membership") return [{ fact }];
    if (fact.profileId !== living) return [];
    const [, ladder, tier] = /^tier:([^=]*)=(.*)$/s.exec(fact.key) ?? [];
    if (fact.change === "left") {
      if (ladder !== undefined && tier !== undefined) leftTiers.set(`${fact.version} ${ladder}`, tier);
      return [{ fact }];
    }
    if (carried.has(`${fact.version} ${fact.key}`)) return [];
    const leftTier = leftTiers.get(`${fact.version} ${ladder}`);
    return [{ fact, ...(leftTier !== undefined && { leftTier }) }];
  });
}

/** Whether a fact lets people into a journey, and as what. */
export function causeOf({ name, trigger, entryEvent }: CompiledJourney, found: TriggerFact): EntryCause | undefined {
  const { fact } = found;
  if (fact.kind === "event") {
    if (entryEvent?.event !== fact.event || !entryEvent.matches(fact)) return undefined;
    const { event, properties, money, occurredAt: at } = fact;
    return { factId: fact.factId, event: { event, at, ...(properties && { properties }), ...(money && { money }) } };
  }
  if (fact.kind !== "membership") return undefined;
  const isNamed =
    (fact.change === "entered" &&
      (trigger.enters === fact.key ||
        (trigger.anniversary && anniversaryKey(name) === fact.key) ||
        isTierChange(trigger.tier, fact, found.leftTier))) ||
    (fact.change === "left" && trigger.leaves === fact.key);
  return isNamed ? { factId: fact.factId, at: fact.at } : undefined;
}

/** Where neither tier is named any change is meant, which the first tier of all is not. */
function isTierChange(
  tier: CompiledJourney["trigger"]["tier"],
  { key }: MembershipFact,
  leftTier: string | undefined,
): boolean {
  if (!tier || !key.startsWith(`tier:${tier.ladder}=`)) return false;
  const { from, to } = tier;
  if (to !== undefined && key !== `tier:${tier.ladder}=${to}`) return false;
  return from === undefined ? to !== undefined || leftTier !== undefined : from === leftTier;
}

/** Memberships that an absorbed person had: the fact that takes them out has no reason of its own. */
function keysCarriedOver(facts: readonly Fact[]): Set<string> {
  const carried = new Set<string>();
  for (const merge of facts) {
    if (merge.kind !== "profile-merged") continue;
    for (const fact of facts) {
      const isTakenOut = fact.kind === "membership" && fact.change === "left" && fact.profileId === merge.merged;
      if (isTakenOut) carried.add(`${merge.version} ${fact.key}`);
    }
  }
  return carried;
}
