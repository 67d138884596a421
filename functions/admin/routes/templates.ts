import * as z from "zod";
import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { compileBundle } from "#domain/definitions/compile-bundle.ts";
import { planRender } from "#domain/templates/plan-render.ts";
import { makePreviewScope } from "#domain/templates/preview-scope.ts";
import type { Rendered, RenderJob } from "#domain/templates/rendering.ts";
import { TemplatePreview, TemplatePreviewRequest } from "#events/admin-api/templates.ts";
import type { TemplateDefinition } from "#events/definitions/template.ts";
import { AdminError } from "../admin-error.ts";
import { findProfile } from "../find-profile.ts";
import { planChanges } from "../plan-changes.ts";
import type { AdminPorts } from "../ports.ts";
import { defineRoute } from "../route.ts";

export const previewTemplate = defineRoute({
  method: "POST",
  path: "/admin/v1/templates/{name}/preview",
  role: "viewer",
  tag: "Templates",
  summary: "See a message as it would be",
  description:
    "Renders a template, in force or as it would be after `changes`, with its sample, another sample or a real person. Values that are missing are left empty and listed; with any of them the message would not be sent. Nothing is sent or written.",
  params: z.object({ name: z.string() }),
  body: TemplatePreviewRequest,
  answers: { 200: { description: "The message, or what keeps it from being one.", schema: TemplatePreview } },
  refusals: {
    400: "definition_invalid, definition_cycle, template_is_partial",
    404: "template_unknown, profile_unknown",
  },
  async handle({ params, body, now }, ports) {
    const bundle = await bundleWith(body.changes, ports);
    const template = findTemplate(params.name, bundle);
    const person = body.profileId === undefined ? undefined : await findProfile(body.profileId, ports);
    const scope = makePreviewScope(body.sample ?? template.sample ?? {}, { person, arm: body.arm, now }, bundle);
    const { job, locale } = planRender(
      template,
      { scope, now, lenient: true, ...(body.locale !== undefined && { locale: body.locale }) },
      bundle,
    );
    const { channel } = job;
    const locales = Object.keys(template.locales);
    const shown = await showRendering(job, ports);
    return { status: 200, body: { template: template.name, channel, locale, locales, ...shown } };
  },
});

/** The definitions in force, with changes where there are any. */
async function bundleWith(
  changes: TemplatePreviewRequest["changes"],
  ports: Pick<AdminPorts, "definitions" | "inForce" | "randomSecret" | "now">,
): Promise<CompiledBundle> {
  if (!changes) return ports.inForce();
  return compileBundle(planChanges(await ports.definitions.current(), changes, ports).bundle);
}

function findTemplate(name: string, { templates }: CompiledBundle): TemplateDefinition {
  const template = templates.get(name);
  if (!template) {
    throw new AdminError(404, "template_unknown", `there is no template ${JSON.stringify(name)}`, {
      details: { hint: "GET /admin/v1/definitions/template lists them" },
    });
  }
  if (template.channel !== "partial") return template;
  throw new AdminError(400, "template_is_partial", `${name} is a piece of other templates: preview one of those`);
}

async function showRendering(job: RenderJob, { renderer }: Pick<AdminPorts, "renderer">) {
  const rendered: Rendered = await renderer.render(job);
  const missing = rendered.missing.map((value) => ({
    code: "template_missing_value",
    field: "",
    message: `${value} is missing, and has no default`,
  }));
  return {
    missing: rendered.missing,
    faults: [
      ...missing,
      ...(rendered.ok ? [] : rendered.faults.map(({ code, field, message }) => ({ code, field, message }))),
    ],
    message: rendered.ok ? rendered.message : null,
    warnings: rendered.ok ? rendered.warnings : [],
    links: rendered.ok ? [...new Set(rendered.links.map(({ url }) => url))] : [],
  };
}
