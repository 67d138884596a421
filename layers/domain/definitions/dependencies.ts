import type { LadderDefinition, SegmentDefinition, TagDefinition } from "#events/definitions/index.ts";
import type { Rule } from "#events/rule.ts";

/** What rules decide, and rules may name. */
export type RuledDefinition = TagDefinition | SegmentDefinition | LadderDefinition;
type RuledKind = RuledDefinition["kind"];

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

/** Every rule of a definition, with where it stands. */
export function rulesOf(definition: RuledDefinition): { rule: Rule; path: readonly PropertyKey[] }[] {
  if (definition.kind !== "ladder") return definition.rule ? [{ rule: definition.rule, path: ["rule"] }] : [];
  return definition.tiers.flatMap(({ rule }, index) => (rule ? [{ rule, path: ["tiers", index, "rule"] }] : []));
}

/** Every definition that the rules of this one name, with where. */
export function referencesOf(definition: RuledDefinition): Reference[] {
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
