import { definitionId } from "#domain/definitions/dependencies.ts";
import { type Fault, show } from "#domain/definitions/faults.ts";
import type { TemplateDefinition } from "#events/definitions/template.ts";
import { makeEngine } from "./engine.ts";
import { fieldsOf } from "./escaping.ts";
import { explainError } from "./explain-error.ts";

/** Checks that templates are Liquid that can be parsed, that the partials they name are there, and that no partial
 *  renders itself, by whatever way. */
export function checkTemplates(templates: readonly TemplateDefinition[]): Fault[] {
  const parsed = templates.map((template) => ({ template, ...parseTemplate(template) }));
  const partials = new Set(templates.filter(({ channel }) => channel === "partial").map(({ name }) => name));
  const faults = parsed.flatMap(({ template, faults: own, named }) => {
    const definition = definitionId(template);
    const missing = named
      .filter(({ name }) => !partials.has(name))
      .map(({ name, path }) => {
        const code = "definition_unknown_reference";
        return { path, code, message: `there is no partial ${name}`, definition };
      });
    return [...own.map((fault) => ({ ...fault, definition })), ...missing];
  });
  const names = new Map(parsed.map(({ template, named }) => [template.name, named.map(({ name }) => name)]));
  return [...faults, ...findCycles([...partials], names)];
}

function parseTemplate({ channel, locales }: TemplateDefinition): {
  faults: Fault[];
  named: { name: string; path: string }[];
} {
  const faults: Fault[] = [];
  const named: { name: string; path: string }[] = [];
  for (const [locale, content] of Object.entries(locales)) {
    for (const { field, source, escaping } of fieldsOf(channel, content)) {
      const path = show(["locales", locale, ...field.split(/\.(.*)/s).filter(Boolean)]);
      const onPartial = (name: string) => named.push({ name, path });
      try {
        makeEngine({ escaping, partials: {}, timeZone: "UTC", now: 0, onPartial }).parse(source);
      } catch (error) {
        faults.push({ path, code: "template_syntax", message: explainError(error, field).message });
      }
    }
  }
  return { faults, named };
}

/** Each partial that leads back to itself, once a circle. */
function findCycles(partials: readonly string[], named: ReadonlyMap<string, readonly string[]>): Fault[] {
  const faults: Fault[] = [];
  const done = new Set<string>();
  for (const root of partials.toSorted()) {
    const trail = [{ name: root, next: [...(named.get(root) ?? [])] }];
    while (!done.has(root) && trail.length > 0) {
      const top = trail.at(-1);
      const name = top?.next.pop();
      if (name === undefined) done.add(trail.pop()?.name ?? root);
      else if (trail.some((step) => step.name === name)) {
        const cycle = trail.slice(trail.findIndex((step) => step.name === name)).map((step) => step.name);
        const message = [...cycle, name].join(" → ");
        faults.push({ path: "locales", code: "definition_cycle", message, definition: `template/${name}` });
        for (const member of cycle) done.add(member);
        break;
      } else if (!done.has(name)) trail.push({ name, next: [...(named.get(name) ?? [])] });
    }
  }
  return faults;
}
