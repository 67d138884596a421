import { checkTemplates } from "#domain/templates/check-templates.ts";
import { readStored, ruledOf, ruleHoldersOf, type StoredDefinition } from "./bundle.ts";
import { definitionId, orderDefinitions, type Reference, type RuledDefinition, referencesOf } from "./dependencies.ts";
import { type Fault, show } from "./faults.ts";
import { validateJourney } from "./validate-journey.ts";

/** Checks definitions that are each valid against one another: names that are there twice, references that lead nowhere,
 *  cycles; what journeys ask of time, and templates of Liquid. */
export function validateBundle(definitions: readonly StoredDefinition[]): Fault[] {
  const read = definitions.map(readStored);
  return [
    ...findDuplicates(definitions),
    ...findUnknownReferences(definitions),
    ...findCycles(definitions),
    ...checkTemplates(read.filter((one) => one.kind === "template")),
    ...read.flatMap((one) => (one.kind === "journey" ? validateJourney(one, read) : [])),
  ];
}

function findDuplicates(definitions: readonly StoredDefinition[]): Fault[] {
  const faults: Fault[] = [];
  const seen = new Set<string>();
  for (const stored of definitions) {
    const definition = definitionId(stored);
    if (seen.has(definition)) {
      faults.push({ path: "name", code: "definition_duplicate", message: `${definition} is there twice`, definition });
    }
    seen.add(definition);
  }
  return faults;
}

function findUnknownReferences(definitions: readonly StoredDefinition[]): Fault[] {
  const ruled = ruledOf(definitions);
  const byId = new Map(ruled.map((definition) => [definitionId(definition), definition]));
  return ruleHoldersOf(definitions).flatMap((definition) =>
    referencesOf(definition).flatMap((reference) => {
      const message = explainMissing(reference, byId.get(definitionId(reference)));
      if (message === undefined) return [];
      const code = "definition_unknown_reference";
      return [{ path: show(reference.path), code, message, definition: definitionId(definition) }];
    }),
  );
}

/** Undefined where nothing is missing. */
function explainMissing({ kind, name, tiers = [] }: Reference, found: RuledDefinition | undefined): string | undefined {
  if (!found) return `there is no ${kind} ${name}`;
  if (found.kind === "tag" && found.value) return `the tag ${name} has values: ask for them with prefers`;
  const rungs = new Set(found.kind === "ladder" ? found.tiers.map((tier) => tier.name) : []);
  const missing = tiers.filter((tier) => !rungs.has(tier));
  return missing.length > 0 ? `the ladder ${name} has no tier ${missing.join(", ")}` : undefined;
}

function findCycles(definitions: readonly StoredDefinition[]): Fault[] {
  return orderDefinitions(ruledOf(definitions)).cycles.flatMap((cycle) => {
    const [first] = cycle;
    if (!first) return [];
    const sameKind = cycle.every(({ kind }) => kind === first.kind);
    const message = cycle.map((member) => (sameKind ? member.name : definitionId(member))).join(" → ");
    const path = first.kind === "ladder" ? "tiers" : "rule";
    return [{ path, code: "definition_cycle", message, definition: definitionId(first) }];
  });
}
