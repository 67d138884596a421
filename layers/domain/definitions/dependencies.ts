import type {
  JourneyDefinition,
  LadderDefinition,
  SegmentDefinition,
  TagDefinition,
} from "#events/definitions/index.ts";
import type { Step } from "#events/definitions/journey/steps.ts";
import type { Rule } from "#events/rule.ts";

/** What rules decide, and rules may name. */
export type RuledDefinition = TagDefinition | SegmentDefinition | LadderDefinition;
type RuledKind = RuledDefinition["kind"];
/** What has rules: those, and journeys, which nothing can name. */
export type RuleHolder = RuledDefinition | JourneyDefinition;

/** A place in a rule that names another definition. */
export interface Reference {
  readonly kind: RuledKind;
  readonly name: string;
  /** Of a ladder: the tiers that are asked for. */
  readonly tiers?: readonly string[];
  readonly path: readonly PropertyKey[];
}

/** `tag/frequent-buyer` */
export function definitionId({ kind, name }: { kind: string; name: string }): string {
  return `${kind}/${name}`;
}

interface PlacedRule {
  readonly rule: Rule;
  readonly path: readonly PropertyKey[];
}

/** Every rule of a definition, with where it stands. */
export function rulesOf(definition: RuleHolder): PlacedRule[] {
  if (definition.kind === "journey") return rulesOfJourney(definition);
  if (definition.kind !== "ladder") return definition.rule ? [{ rule: definition.rule, path: ["rule"] }] : [];
  return definition.tiers.flatMap(({ rule }, index) => (rule ? [{ rule, path: ["tiers", index, "rule"] }] : []));
}

function rulesOfJourney({ entry, exit, steps }: JourneyDefinition): PlacedRule[] {
  return [
    ...(entry?.when ? [{ rule: entry.when, path: ["entry", "when"] }] : []),
    ...(exit ? [{ rule: exit.when, path: ["exit", "when"] }] : []),
    ...stepsOf(steps).flatMap(({ step, path }) =>
      (step.branch ?? []).flatMap(({ when }, index) =>
        when ? [{ rule: when, path: [...path, "branch", index, "when"] }] : [],
      ),
    ),
  ];
}

/** Every step of a list with those inside them, each with where it stands. */
export function stepsOf(
  steps: readonly Step[],
  at: readonly PropertyKey[] = ["steps"],
): { step: Step; path: readonly PropertyKey[] }[] {
  return steps.flatMap((step, index) => {
    const path = [...at, index];
    const ways = [
      { way: step.waitFor, path: [...path, "waitFor"] },
      ...(step.branch ?? []).map((way, branch) => ({ way, path: [...path, "branch", branch] })),
    ];
    const inside = ways.flatMap(({ way, path: from }) =>
      (["then", "else"] as const).flatMap((name) => {
        const list = way?.[name];
        return Array.isArray(list) ? stepsOf(list, [...from, name]) : [];
      }),
    );
    return [{ step, path }, ...inside];
  });
}

/** Every definition that the rules of this one name, with where. */
export function referencesOf(definition: RuleHolder): Reference[] {
  return rulesOf(definition).flatMap(({ rule, path }) => referencesIn(rule, path));
}

function referencesIn(rule: Rule, path: readonly PropertyKey[]): Reference[] {
  if (rule.tag !== undefined) return [{ kind: "tag", name: rule.tag, path: [...path, "tag"] }];
  if (rule.segment !== undefined) return [{ kind: "segment", name: rule.segment, path: [...path, "segment"] }];
  if (rule.tier) return [{ kind: "ladder", name: rule.tier.ladder, tiers: rule.tier.in, path: [...path, "tier"] }];
  if (rule.not) return referencesIn(rule.not, [...path, "not"]);
  const [list, key] = rule.all ? [rule.all, "all"] : [rule.any ?? [], "any"];
  return list.flatMap((child, index) => referencesIn(child, [...path, key, index]));
}

/** Definitions so that each comes after those that its rules name; among equals, by kind and name. Those on a cycle are
 *  left out of `order`, each cycle once in `cycles`, the first repeated at the end: a, b, a. */
export function orderDefinitions(definitions: readonly RuledDefinition[]): {
  order: RuledDefinition[];
  cycles: RuledDefinition[][];
} {
  const byId = new Map(definitions.map((definition) => [definitionId(definition), definition]));
  const order: RuledDefinition[] = [];
  const cycles: RuledDefinition[][] = [];
  const state = new Map<string, "open" | "done" | "cyclic">();

  // The depth of a chain of definitions is not bounded by any one rule, so the walk keeps its own stack.
  for (const root of [...byId.keys()].toSorted()) {
    if (state.has(root)) continue;
    const trail = [{ id: root, next: idsIn(byId.get(root)) }];
    state.set(root, "open");
    while (trail.length > 0) {
      const top = trail.at(-1);
      if (!top) break;
      const id = top.next.pop();
      if (id === undefined) {
        trail.pop();
        const definition = byId.get(top.id);
        if (state.get(top.id) === "open" && definition) {
          state.set(top.id, "done");
          order.push(definition);
        }
      } else if (state.get(id) === "open" || (state.get(id) === "cyclic" && trail.some((step) => step.id === id))) {
        const cycle = trail.slice(trail.findIndex((step) => step.id === id)).map((step) => step.id);
        cycles.push([...cycle, id].flatMap((member) => byId.get(member) ?? []));
        for (const member of cycle) state.set(member, "cyclic");
      } else if (!state.has(id) && byId.has(id)) {
        state.set(id, "open");
        trail.push({ id, next: idsIn(byId.get(id)) });
      }
    }
  }
  return { order, cycles };
}

function idsIn(definition: RuledDefinition | undefined): string[] {
  const ids = new Set(definition ? referencesOf(definition).map(definitionId) : []);
  return [...ids].toSorted().toReversed();
}
