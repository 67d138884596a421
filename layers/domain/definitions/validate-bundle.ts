import { type StoredDefinition, tagsOf } from "./bundle.ts";
import { orderTags, tagReferences } from "./dependencies.ts";
import { type Fault, show } from "./faults.ts";

/** Checks definitions that are each valid against one another: names that are there twice, references that lead nowhere,
 *  cycles. */
export function validateBundle(definitions: readonly StoredDefinition[]): Fault[] {
  return [...findDuplicates(definitions), ...findUnknownReferences(definitions), ...findCycles(definitions)];
}

function findDuplicates(definitions: readonly StoredDefinition[]): Fault[] {
  const faults: Fault[] = [];
  const seen = new Set<string>();
  for (const { kind, name } of definitions) {
    const definition = `${kind}/${name}`;
    if (seen.has(definition)) {
      faults.push({ path: "name", code: "definition_duplicate", message: `${definition} is there twice`, definition });
    }
    seen.add(definition);
  }
  return faults;
}

function findUnknownReferences(definitions: readonly StoredDefinition[]): Fault[] {
  const tags = tagsOf(definitions);
  const names = new Set(tags.map(({ name }) => name));
  return tags.flatMap((tag) =>
    tagReferences(tag.rule ?? {})
      .filter(({ name }) => !names.has(name))
      .map(({ name, path }) => ({
        path: show(path),
        code: "definition_unknown_reference",
        message: `there is no tag ${name}`,
        definition: `tag/${tag.name}`,
      })),
  );
}

function findCycles(definitions: readonly StoredDefinition[]): Fault[] {
  return orderTags(tagsOf(definitions)).cycles.map((cycle) => ({
    path: "rule",
    code: "definition_cycle",
    message: cycle.join(" → "),
    definition: `tag/${cycle[0] ?? ""}`,
  }));
}
