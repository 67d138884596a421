import * as z from "zod";
import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { normaliseIdentifier } from "#domain/identity/normalise-identifier.ts";
import { hashAddress } from "#domain/links/link-token.ts";
import { BY_PERSON, type TestRequest } from "#domain/sending/channel-message.ts";
import { composeTest } from "#domain/sending/compose-test.ts";
import { providersOf } from "#domain/sending/providers-of.ts";
import { findTest, saveTest, settleTest } from "#domain/sending/test-record.ts";
import { writeInstant } from "#events/admin-api/answer.ts";
import { StartedTestSend, TestSend, TestSendRequest } from "#events/admin-api/test-send.ts";
import type { ChannelDefinition } from "#events/definitions/channel.ts";
import type { TemplateDefinition } from "#events/definitions/template.ts";
import { AdminError } from "../admin-error.ts";
import { auditChange } from "../audit-change.ts";
import { findProfile } from "../find-profile.ts";
import type { AdminPorts } from "../ports.ts";
import { defineRoute } from "../route.ts";

/** Channels whose addresses are identifiers: they are written as collection writes them. */
const IDENTIFIER_OF: Readonly<Record<string, string>> = { email: "email", sms: "phone" };

export const testTemplate = defineRoute({
  method: "POST",
  path: "/admin/v1/templates/{name}/test",
  role: "operator",
  tag: "Templates",
  summary: "Send a message to yourself",
  description:
    "Puts a message, made of the template's sample or as a person would get it, into its channel's queue, for the address given and nobody else. Its subject or title says that it is a test. Consent, caps and quiet hours are not asked, links are not tracked, and no touch is stored; an address that must not be written to is refused. Audited with a keyed hash of the address.",
  params: z.object({ name: z.string() }),
  body: TestSendRequest,
  answers: { 202: { description: "It is in the queue.", schema: StartedTestSend } },
  refusals: {
    400: "template_is_partial, template_failed, address_invalid",
    404: "template_unknown, channel_unknown, profile_unknown",
    409: "address_suppressed",
  },
  async handle(input, ports) {
    const { params, body, now, actor } = input;
    const bundle = await ports.inForce();
    const template = findTemplate(params.name, bundle);
    const definition = providerOf(template, body.by, bundle);
    const { to, by: _, ...like } = body;
    await checkRendering({ template, like, now }, ports, bundle);
    const { channel, name: by } = definition;
    const address = await readAddress(to, channel, ports, bundle);
    const addressHash = hashAddress(channel, address, await ports.linkKey());
    if (await ports.suppressions.isSuppressed(channel, addressHash, template.category ?? "transactional")) {
      throw new AdminError(409, "address_suppressed", "this address gets no such messages any more", {
        details: { hint: "it unsubscribed, complained, or is dead" },
      });
    }
    const id = ports.randomId();
    const asked = { template: template.name, by, requestedBy: actor.name, requestedAt: now };
    const request = { ...like, ...asked, requestId: id, bundleVersion: bundle.version, address };
    const what = { action: "template.test", target: template.name, details: { id, channel, by, addressHash } };
    await auditChange(input, what, ports, async () => ({
      result: await enqueue(request, channel, ports),
      details: what.details,
    }));
    return { status: 202, body: { id, channel, by } };
  },
});

export const getTemplateTest = defineRoute({
  method: "GET",
  path: "/admin/v1/templates/{name}/test/{id}",
  role: "viewer",
  tag: "Templates",
  summary: "What became of a test message",
  params: z.object({ name: z.string(), id: z.string().min(1).max(64) }),
  answers: { 200: { description: "It is remembered for a week, without its address.", schema: TestSend } },
  refusals: { 404: "test_unknown" },
  async handle({ params: { name, id }, now }, ports) {
    const stored = await findTest(ports.work, id);
    if (stored?.record.template !== name) {
      throw new AdminError(404, "test_unknown", `no test of ${JSON.stringify(name)} has this id`);
    }
    const { until: _, code = null, providerId = null, ...record } = settleTest(stored.record, now);
    const times = { requestedAt: writeInstant(record.requestedAt), at: writeInstant(record.at) };
    return { status: 200, body: { id, ...record, code, providerId, ...times } };
  },
});

/** The record comes first: a sender that finds none sends nothing. */
async function enqueue(request: TestRequest, channel: string, ports: AdminPorts): Promise<void> {
  const queue = ports.queueOf(channel);
  if (!queue) throw new Error(`no queue of ${channel}`);
  const { template, by, requestedBy, requestedAt } = request;
  const record = { template, channel, by, requestedBy, requestedAt, state: "queued", at: requestedAt } as const;
  await saveTest(ports.work, request.requestId, { record, revision: 1 });
  await queue.send([{ test: request }]);
}

function findTemplate(name: string, { templates }: CompiledBundle): TemplateDefinition {
  const template = templates.get(name);
  if (!template) throw new AdminError(404, "template_unknown", `there is no template ${JSON.stringify(name)}`);
  if (template.channel !== "partial") return template;
  throw new AdminError(400, "template_is_partial", `${template.name} is a piece of other templates`);
}

function providerOf(template: TemplateDefinition, by: string | undefined, bundle: CompiledBundle): ChannelDefinition {
  const own = [...providersOf(bundle, template.channel), ...providersOf(bundle, "log")];
  const found =
    by === undefined ? own.find(({ channel }) => channel === template.channel) : own.find(({ name }) => name === by);
  if (found) return found;
  throw new AdminError(404, "channel_unknown", `no provider sends ${template.channel}`, {
    details: { hint: "GET /admin/v1/channels lists them" },
  });
}

/** Renders once before anything is queued, so that whoever wrote the template is told its fault at once. */
async function checkRendering(
  of: { template: TemplateDefinition; like: Omit<TestSendRequest, "to" | "by">; now: number },
  ports: AdminPorts,
  bundle: CompiledBundle,
): Promise<void> {
  const { template, like, now } = of;
  const person = like.profileId === undefined ? undefined : await findProfile(like.profileId, ports);
  const rendered = await composeTest(ports.renderer, { template, request: like, person, now }, bundle);
  if (rendered.ok) return;
  const faults = rendered.faults.map(({ code, field, message }) => ({ path: field, code, message }));
  throw new AdminError(400, "template_failed", "the template cannot be rendered with this sample", {
    details: { faults },
  });
}

/** The address as suppressions know it. */
async function readAddress(
  to: string,
  channel: string,
  ports: AdminPorts,
  { project }: CompiledBundle,
): Promise<string> {
  if (BY_PERSON.has(channel)) return (await findProfile(to, ports)).id;
  const type = IDENTIFIER_OF[channel];
  if (type === undefined) return to;
  const read = normaliseIdentifier(type, to, project.region);
  if (read.kind !== "absent" && read.kind !== "unusable") return read.value;
  throw new AdminError(400, "address_invalid", `this is no address of ${channel}`);
}
