import * as z from "zod";
import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import type { SendResult } from "#domain/ports/channel.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import { providersOf } from "#domain/sending/assign-providers.ts";
import { planRender } from "#domain/templates/plan-render.ts";
import { TestSendAnswer, TestSendRequest } from "#events/admin-api/test-send.ts";
import type { ChannelDefinition } from "#events/definitions/channel.ts";
import type { TemplateDefinition } from "#events/definitions/template.ts";
import { AdminError } from "../admin-error.ts";
import { auditChange } from "../audit-change.ts";
import { findProfile } from "../find-profile.ts";
import { makePreviewScope } from "../preview-scope.ts";
import { defineRoute } from "../route.ts";

/** Shorter than the gateway's own limit. */
const TIMEOUT_MS = 10_000;
/** Channels whose address is the person's id. */
const BY_PERSON: ReadonlySet<string> = new Set(["inapp", "log"]);

export const testTemplate = defineRoute({
  method: "POST",
  path: "/admin/v1/templates/{name}/test",
  role: "operator",
  tag: "Templates",
  summary: "Send a message to yourself",
  description:
    "Renders the template with its sample and sends it at once, to the address given and nobody else: consent, caps and quiet hours are not asked, links are not tracked, and no touch is stored. Audited without the address.",
  params: z.object({ name: z.string() }),
  body: TestSendRequest,
  answers: { 200: { description: "What the provider answered.", schema: TestSendAnswer } },
  refusals: {
    400: "template_is_partial, template_failed",
    404: "template_unknown, channel_unknown, profile_unknown",
  },
  async handle(input, ports) {
    const { params, body, now } = input;
    const bundle = await ports.inForce();
    const template = bundle.templates.get(params.name);
    if (!template) throw new AdminError(404, "template_unknown", `there is no template ${JSON.stringify(params.name)}`);
    const definition = providerOf(template, body.by, bundle);
    const { channel } = definition;
    const scope = makePreviewScope(
      body.sample ?? template.sample ?? {},
      { person: undefined, arm: undefined, now },
      bundle,
    );
    const request = { scope, now, channel, ...(body.locale !== undefined && { locale: body.locale }) };
    const rendered = await ports.renderer.render(planRender(template, request, bundle).job);
    if (!rendered.ok) {
      const faults = rendered.faults.map(({ code, field, message }) => ({ path: field, code, message }));
      throw new AdminError(400, "template_failed", "the template cannot be rendered with this sample", {
        details: { faults },
      });
    }
    const address = BY_PERSON.has(channel) ? (await findProfile(body.to, ports)).id : body.to;
    const touchId = `test-${ports.randomId()}`;
    const message = {
      address,
      profileId: (BY_PERSON.has(channel) ? address : touchId) as ProfileId,
      category: template.category ?? "transactional",
      journey: "test",
      message: rendered.message,
    };
    const what = { action: "template.test", target: template.name, details: { by: definition.name, touchId } };
    const result = await auditChange(input, what, ports, async () => {
      const sent = await ports.channelOf(definition).send(message, { touchId, timeoutMs: TIMEOUT_MS });
      return { result: sent, details: { ...what.details, result: sent.kind } };
    });
    return { status: 200, body: { touchId, channel, by: definition.name, ...viewResult(result) } };
  },
});

function providerOf(template: TemplateDefinition, by: string | undefined, bundle: CompiledBundle): ChannelDefinition {
  if (template.channel === "partial") {
    throw new AdminError(400, "template_is_partial", `${template.name} is a piece of other templates`);
  }
  const own = [...providersOf(bundle, template.channel), ...providersOf(bundle, "log")];
  const found =
    by === undefined ? own.find(({ channel }) => channel === template.channel) : own.find(({ name }) => name === by);
  if (found) return found;
  throw new AdminError(404, "channel_unknown", `no provider sends ${template.channel}`, {
    details: { hint: "GET /admin/v1/channels lists them" },
  });
}

function viewResult(result: SendResult) {
  return {
    result: result.kind,
    code: result.kind === "sent" ? null : result.code,
    providerId: result.kind === "sent" ? result.providerId : null,
  };
}
