import type {
  CompiledLadder,
  CompiledMembership,
  CompiledSegment,
  CompiledTag,
  CompiledValuedTag,
} from "#domain/definitions/compile-membership.ts";
import type { MembershipKey } from "#domain/profile/state.ts";
import { MAX_EVIDENCE } from "#domain/rules/compile.ts";
import { rankFeature } from "#domain/rules/leaves/prefers.ts";
import type { Subject } from "#domain/rules/subject.ts";
import { holdsIn, NEVER } from "#domain/rules/verdict.ts";
import type { Evidence } from "#events/fact.ts";
import { byHand } from "./judge-memberships.ts";

/** What one answer rests on: the deciding leaves of its rule, or the hand that set it. */
export function explainAnswer(membership: CompiledMembership, key: MembershipKey, subject: Subject): Evidence[] {
  if (membership.kind === "ladder") return explainTier(membership, key, subject);
  return membership.kind === "valued" ? explainValue(membership, key, subject) : explainOne(membership, subject);
}

function explainOne(one: CompiledTag | CompiledSegment, subject: Subject): Evidence[] {
  if (one.rule) return one.rule.evaluate(subject).because;
  const set = byHand(one, subject.state);
  const seen = set ? { on: set.on, by: set.by, at: new Date(set.at).toISOString() } : null;
  return [{ path: "manual", holds: set?.on ?? false, seen, wants: true }];
}

/** The first three of what the person prefers, with what they weigh. */
function explainValue({ prefix, feature }: CompiledValuedTag, key: MembershipKey, subject: Subject): Evidence[] {
  const ranked = rankFeature(subject, feature.id);
  const seen = ranked.slice(0, 3).map(({ value, score }) => ({ value, weight: Math.round(score / 10_486) / 100 }));
  const wants = key.slice(prefix.length);
  return [{ path: "value", holds: ranked[0]?.value === wants, seen, wants }];
}

/** A better tier than the person's is missed for what its own rule lacks; the person's, or a lower one, is explained by
 *  why the person stands where it does. */
function explainTier({ tiers, holdMs }: CompiledLadder, key: MembershipKey, subject: Subject): Evidence[] {
  const asked = tiers.findIndex((tier) => tier.key === key);
  const stands = tiers.findIndex((tier) => holdsIn(subject.answers.get(tier.key) ?? NEVER));
  const deciding = stands < 0 ? asked : Math.min(asked, stands);
  const explainRung = (index: number): Evidence[] =>
    (tiers[index]?.rule?.evaluate(subject).because ?? []).map((evidence) => ({
      ...evidence,
      path: `tiers.${index}.${evidence.path}`,
    }));
  const rung = tiers[deciding];
  // Everyone else's tier is theirs because no better one holds.
  if (!rung?.rule) return tiers.flatMap((_, index) => explainRung(index)).slice(0, MAX_EVIDENCE);
  const because = explainRung(deciding);
  if (deciding !== stands || holdsIn(rung.rule.judge(subject))) return because;
  const hold = { path: "hold", holds: true, seen: rung.name, wants: `${holdMs / 3_600_000}h` };
  return [hold, ...because].slice(0, MAX_EVIDENCE);
}
