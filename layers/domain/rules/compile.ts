import type { Evidence } from "#events/fact.ts";
import { type LeafName, type Leaves, leafNames, type Rule } from "#events/rule.ts";
import { describe } from "./evidence.ts";
import type { CompiledLeaf, CompileLeaf } from "./leaf.ts";
import { compileActiveDays } from "./leaves/active-days.ts";
import { compileAnniversary } from "./leaves/anniversary.ts";
import { compileConsent } from "./leaves/consent.ts";
import { compileDid } from "./leaves/did.ts";
import { compileDistinct } from "./leaves/distinct.ts";
import { compileInactive } from "./leaves/inactive.ts";
import { compileSegment, compileTag, compileTier } from "./leaves/memberships.ts";
import { compileOrders } from "./leaves/orders.ts";
import { compilePrefers } from "./leaves/prefers.ts";
import { compileQuantile } from "./leaves/quantile.ts";
import { compileAcquisition, compileDevice, compilePlace } from "./leaves/registers.ts";
import { compileRfm } from "./leaves/rfm.ts";
import { compileSum } from "./leaves/sum.ts";
import { compileTrait } from "./leaves/trait.ts";
import type { RuleSettings } from "./settings.ts";
import type { Subject } from "./subject.ts";
import { ALWAYS, holdsIn, NEVER, opposite, untilOf, type Verdict } from "./verdict.ts";

/** Evidence of one answer is kept in facts, which have to stay small. */
export const MAX_EVIDENCE = 10;

export interface Answer {
  readonly holds: boolean;
  /** The first instant at which the answer can differ with no new event: milliseconds since 1970, Infinity: never. */
  readonly until: number;
  /** The leaves that decided it, the first ten of them. */
  readonly because: Evidence[];
}

export interface CompiledRule {
  /** The answer and its end, without the reasons. Allocates nothing. */
  judge(subject: Subject): Verdict;
  evaluate(subject: Subject): Answer;
}

interface Node {
  /** What judging costs beside others: the cheap are asked first. */
  readonly cost: number;
  judge(subject: Subject): Verdict;
  explain(subject: Subject, because: Evidence[]): void;
}

/** Leaves that read one value. The others go through buckets, orders or values. */
const CHEAP: ReadonlySet<LeafName> = new Set([
  "trait",
  "acquisition",
  "place",
  "device",
  "consent",
  "inactive",
  "tag",
  "segment",
  "tier",
]);

const compilers: { [Name in LeafName]: CompileLeaf<Leaves[Name]> } = {
  did: compileDid,
  sum: compileSum,
  distinct: compileDistinct,
  orders: compileOrders,
  activeDays: compileActiveDays,
  inactive: compileInactive,
  trait: compileTrait,
  anniversary: compileAnniversary,
  prefers: compilePrefers,
  acquisition: compileAcquisition,
  place: compilePlace,
  device: compileDevice,
  consent: compileConsent,
  tag: compileTag,
  segment: compileSegment,
  tier: compileTier,
  rfm: compileRfm,
  quantile: compileQuantile,
};

/** Turns a rule that the schema has accepted into closures. Nothing of it is interpreted again when it is judged. */
export function compileRule(rule: Rule, settings: RuleSettings): CompiledRule {
  const root = compileNode(rule, "", settings);
  return {
    judge: root.judge,
    evaluate(subject) {
      const answer = root.judge(subject);
      const because: Evidence[] = [];
      root.explain(subject, because);
      return { holds: holdsIn(answer), until: untilOf(answer), because };
    },
  };
}

function compileNode(rule: Rule, path: string, settings: RuleSettings): Node {
  if (rule.not) return negate(compileNode(rule.not, `${path}not.`, settings));
  if (rule.all) return combine(compileNodes(rule.all, `${path}all.`, settings), true);
  if (rule.any) return combine(compileNodes(rule.any, `${path}any.`, settings), false);
  for (const name of leafNames) {
    if (rule[name] !== undefined) return compileLeaf(name, rule, path, settings);
  }
  throw new RangeError("a rule without a leaf: the schema refuses it");
}

function compileNodes(rules: readonly Rule[], path: string, settings: RuleSettings): Node[] {
  return rules.map((child, index) => compileNode(child, `${path}${index}.`, settings));
}

function compileLeaf<Name extends LeafName>(name: Name, rule: Rule, path: string, settings: RuleSettings): Node {
  const wants = rule[name] as Leaves[Name];
  const leaf: CompiledLeaf = compilers[name](wants, settings);
  return {
    cost: CHEAP.has(name) ? 1 : 4,
    judge: leaf.judge,
    explain(subject, because) {
      if (because.length >= MAX_EVIDENCE) return;
      const holds = holdsIn(leaf.judge(subject));
      because.push({ path: path + name, holds, seen: describe(leaf.seen(subject)), wants: describe(wants) });
    },
  };
}

function negate(child: Node): Node {
  return { cost: child.cost, judge: (subject) => opposite(child.judge(subject)), explain: child.explain };
}

/** `all` (`every` true) and `any` (false) are each other's mirror. The answer that needs every child to agree ends with
 *  the first of them. The other is decided by those that differ, and cannot end before the last of them does: one that
 *  differs for ever settles it, whatever the rest would say, so the cheap ones are asked first. */
function combine(children: readonly Node[], every: boolean): Node {
  const sign = every ? 1 : -1;
  const settled = every ? NEVER : ALWAYS;
  const judges = children.toSorted((a, b) => a.cost - b.cost).map((child) => child.judge);
  return {
    cost: children.reduce((sum, { cost }) => sum + cost, 0),
    judge(subject) {
      let firstEnd = Number.POSITIVE_INFINITY;
      let lastEnd = 0;
      for (const judge of judges) {
        const verdict = judge(subject);
        if (verdict === settled) return settled;
        const answer = verdict * sign;
        if (answer < 0) lastEnd = Math.max(lastEnd, -answer);
        else firstEnd = Math.min(firstEnd, answer);
      }
      return ((lastEnd > 0 ? -lastEnd : firstEnd) * sign) as Verdict;
    },
    explain(subject, because) {
      const answers = children.map((child) => holdsIn(child.judge(subject)));
      const unanimous = answers.every((holds) => holds === every);
      for (const [index, child] of children.entries()) {
        if (unanimous || answers[index] !== every) child.explain(subject, because);
      }
    },
  };
}
