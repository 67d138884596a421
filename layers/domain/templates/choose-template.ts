import type { TemplateDefinition } from "#events/definitions/template.ts";

/** The template that a send step means on a channel: `<name>-<channel>` where there is one for it, for steps that may go
 *  out by several channels; else the one of that name, where it is made for the channel. The log takes every message.
 *  Undefined where there is none. */
export function chooseTemplate(
  templates: ReadonlyMap<string, TemplateDefinition>,
  name: string,
  channel: string,
): TemplateDefinition | undefined {
  const fits = (template: TemplateDefinition | undefined) =>
    template && template.channel !== "partial" && (template.channel === channel || channel === "log");
  return [templates.get(`${name}-${channel}`), templates.get(name)].find(fits);
}
