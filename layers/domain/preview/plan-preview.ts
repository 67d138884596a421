import { type Bundle, ruledOf } from "#domain/definitions/bundle.ts";
import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import type { CompiledMembership } from "#domain/definitions/compile-membership.ts";
import { definitionId, type RuledDefinition, referencesOf, rulesOf } from "#domain/definitions/dependencies.ts";
import type { DefinitionDiff } from "#events/admin-api/definitions.ts";
import type { Rule } from "#events/rule.ts";

/** A tag, a segment or a ladder whose answers a change can alter. */
export interface PreviewTarget {
  readonly kind: "tag" | "segment" | "ladder";
  readonly name: string;
  /** `depends`: it stays as it is, and names something that changes. */
  readonly op: "create" | "replace" | "remove" | "depends";
  /** `tag/frequent-buyer`: what it names that changes, or that depends on a change itself. */
  readonly through: readonly string[];
  /** As in force. Absent: there is none yet. */
  readonly before?: CompiledMembership;
  /** As it would be. Absent: it is removed. */
  readonly after?: CompiledMembership;
}

/** What a change would do to people, as far as definitions tell. */
export interface PreviewPlan {
  readonly before: CompiledBundle;
  readonly after: CompiledBundle;
  /** What changes first, then what depends on it. */
  readonly targets: readonly PreviewTarget[];
}

/** Finds what a change set alters: the tags, segments and ladders that it names, and all that depend on those, however
 *  far, or on a trait that it names. Sources and settings alter no answer while people exist. Pure. */
export function planPreview(
  bundles: { readonly before: Bundle; readonly after: Bundle },
  compiled: { readonly before: CompiledBundle; readonly after: CompiledBundle },
  diffs: readonly DefinitionDiff[],
): PreviewPlan {
  const ops = new Map<string, PreviewTarget["op"]>();
  for (const { kind, name, op } of diffs) if (op !== "unchanged") ops.set(definitionId({ kind, name }), op);
  const inForce = ruledOf(bundles.before.definitions);
  const next = ruledOf(bundles.after.definitions);
  const through = findDependents([...inForce, ...next], ops);
  const known = new Map([...inForce, ...next].map((definition) => [definitionId(definition), definition]));
  const changed = [...ops.keys()].filter((id) => known.has(id));
  const ids = [...changed, ...[...through.keys()].filter((id) => !ops.has(id)).toSorted()];
  return { ...compiled, targets: ids.flatMap((id) => makeTarget(id, ops, through, known, compiled)) };
}

function makeTarget(
  id: string,
  ops: ReadonlyMap<string, PreviewTarget["op"]>,
  through: ReadonlyMap<string, ReadonlySet<string>>,
  known: ReadonlyMap<string, RuledDefinition>,
  compiled: { readonly before: CompiledBundle; readonly after: CompiledBundle },
): PreviewTarget[] {
  const definition = known.get(id);
  if (!definition) return [];
  const { kind, name } = definition;
  const before = compiled.before.memberships.find((one) => idOf(one) === id);
  const after = compiled.after.memberships.find((one) => idOf(one) === id);
  return [
    {
      kind,
      name,
      op: ops.get(id) ?? "depends",
      through: [...(through.get(id) ?? [])],
      ...(before && { before }),
      ...(after && { after }),
    },
  ];
}

function idOf({ kind, name }: CompiledMembership): string {
  return definitionId({ kind: kind === "valued" ? "tag" : kind, name });
}

/** Every definition that names a changed one or a dependent one, with which. */
function findDependents(
  definitions: readonly RuledDefinition[],
  changed: ReadonlyMap<string, unknown>,
): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (let grew = true; grew; ) {
    grew = false;
    for (const definition of definitions) {
      const id = definitionId(definition);
      for (const named of namesIn(definition)) {
        if (!changed.has(named) && !found.has(named)) continue;
        const known = found.get(id) ?? new Set();
        grew ||= !known.has(named);
        found.set(id, known.add(named));
      }
    }
  }
  return found;
}

/** `tag/vip`, `ladder/value`, `trait/city`: all that the rules of a definition read by name. */
function namesIn(definition: RuledDefinition): string[] {
  const traits = rulesOf(definition).flatMap(({ rule }) => traitsIn(rule));
  return [
    ...referencesOf(definition).map(definitionId),
    ...traits.map((name) => definitionId({ kind: "trait", name })),
  ];
}

function traitsIn(rule: Rule): string[] {
  if (rule.trait) return [rule.trait.name];
  if (rule.anniversary) return [rule.anniversary.trait];
  return [...(rule.all ?? rule.any ?? []), ...(rule.not ? [rule.not] : [])].flatMap(traitsIn);
}
