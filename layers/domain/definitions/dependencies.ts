import type { TagDefinition } from "#events/definitions/index.ts";
import type { Rule } from "#events/rule.ts";

/** A place in a rule that names a tag. */
export interface TagReference {
  readonly name: string;
  readonly path: readonly PropertyKey[];
}

/** Every tag that a rule names, with where. */
export function tagReferences(rule: Rule, path: readonly PropertyKey[] = ["rule"]): TagReference[] {
  if (rule.tag !== undefined) return [{ name: rule.tag, path: [...path, "tag"] }];
  if (rule.not) return tagReferences(rule.not, [...path, "not"]);
  const [list, key] = rule.all ? [rule.all, "all"] : [rule.any ?? [], "any"];
  return list.flatMap((child, index) => tagReferences(child, [...path, key, index]));
}

/** Tags so that each comes after those that its rule names; among equals, by name. Tags on a cycle are left out of
 *  `order`, each cycle once in `cycles`, first name repeated at the end: `["a", "b", "a"]`. */
export function orderTags(tags: readonly TagDefinition[]): { order: TagDefinition[]; cycles: string[][] } {
  const byName = new Map(tags.map((tag) => [tag.name, tag]));
  const order: TagDefinition[] = [];
  const cycles: string[][] = [];
  const state = new Map<string, "open" | "done" | "cyclic">();

  // The depth of a chain of definitions is not bounded by any one rule, so the walk keeps its own stack.
  for (const root of [...byName.keys()].toSorted()) {
    if (state.has(root)) continue;
    const trail = [{ name: root, next: namesIn(byName.get(root)) }];
    state.set(root, "open");
    while (trail.length > 0) {
      const top = trail.at(-1);
      if (!top) break;
      const name = top.next.pop();
      if (name === undefined) {
        trail.pop();
        const tag = byName.get(top.name);
        if (state.get(top.name) === "open" && tag) {
          state.set(top.name, "done");
          order.push(tag);
        }
      } else if (
        state.get(name) === "open" ||
        (state.get(name) === "cyclic" && trail.some((step) => step.name === name))
      ) {
        const cycle = trail.slice(trail.findIndex((step) => step.name === name)).map((step) => step.name);
        cycles.push([...cycle, name]);
        for (const member of cycle) state.set(member, "cyclic");
      } else if (!state.has(name) && byName.has(name)) {
        state.set(name, "open");
        trail.push({ name, next: namesIn(byName.get(name)) });
      }
    }
  }
  return { order, cycles };
}

function namesIn(tag: TagDefinition | undefined): string[] {
  if (!tag?.rule) return [];
  const names = new Set(tagReferences(tag.rule).map(({ name }) => name));
  return [...names].toSorted().toReversed();
}
