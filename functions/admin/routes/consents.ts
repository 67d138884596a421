import * as z from "zod";
import { consentMessageId } from "#domain/consents/consent-event.ts";
import { listConsents } from "#domain/consents/ledger.ts";
import { stateConsents } from "#domain/consents/state-consents.ts";
import { nearNames } from "#domain/definitions/near-names.ts";
import type { ConsentEntry } from "#domain/ports/consent-store.ts";
import { strongestOf } from "#domain/touches/outcome-event.ts";
import { writeInstant } from "#events/admin-api/answer.ts";
import {
  ConsentAnswer,
  ConsentBody,
  ConsentChannel,
  type ConsentItem,
  ConsentPage,
} from "#events/admin-api/consents.ts";
import { pageQuery } from "#events/admin-api/page-query.ts";
import { AdminError } from "../admin-error.ts";
import { auditChange } from "../audit-change.ts";
import { readCursor, writeCursor } from "../cursor.ts";
import { findProfile } from "../find-profile.ts";
import { defineRoute } from "../route.ts";

const tag = "Profiles";
/** Where the ledger goes on. */
const Place = z.string().max(100);

export const listProfileConsents = defineRoute({
  method: "GET",
  path: "/admin/v1/profiles/{id}/consents",
  role: "viewer",
  tag,
  summary: "Read what a person agreed to and refused",
  description:
    "Every statement that was ever made, newest first, with what people said who were merged into this one. Nothing in it is ever changed.",
  params: z.object({ id: z.string() }),
  query: z.object(pageQuery({ default: 50, max: 200 })),
  answers: { 200: { description: "A page of the consent ledger.", schema: ConsentPage } },
  refusals: { 404: "profile_unknown" },
  async handle({ params, query }, ports) {
    const profile = await findProfile(params.id, ports);
    const list = `consents ${profile.id}`;
    const after = readCursor(list, query.cursor, Place);
    const { entries, cursor } = await listConsents(ports.consents, [profile.id, ...profile.state.absorbed], {
      ...(after !== undefined && { cursor: after }),
      limit: query.limit,
    });
    const items = entries.map(viewEntry);
    return { status: 200, body: { items, cursor: cursor === undefined ? null : writeCursor(list, cursor) } };
  },
});

export const putProfileConsent = defineRoute({
  method: "PUT",
  path: "/admin/v1/profiles/{id}/consents/{purpose}/{channel}",
  role: "operator",
  tag,
  summary: "Record what a person agreed to or refused",
  description:
    "For what a person said elsewhere: by telephone, by letter, at a till. It goes into the event stream like every statement, and is in the profile and the ledger about a second later. Refused marketing is suppressed before the answer; granting it lifts what unsubscribing had suppressed, never a bounce or a complaint.",
  params: z.object({ id: z.string(), purpose: z.string().min(1).max(64), channel: ConsentChannel }),
  body: ConsentBody,
  answers: { 202: { description: "It is in the event stream.", schema: ConsentAnswer } },
  refusals: { 400: "purpose_unknown", 404: "profile_unknown", 409: "profile_without_identifier" },
  async handle(input, ports) {
    const { params, body, actor, now } = input;
    const { purpose, channel } = params;
    const { granted } = body;
    const person = await findProfile(params.id, ports);
    if (!strongestOf(person)) {
      throw new AdminError(409, "profile_without_identifier", "no event can reach a person without an identifier");
    }
    const { ruleSettings, project } = await ports.inForce();
    refuseUnknownPurpose(purpose, project.purposes);
    const id = ports.randomId();
    const hearing = {
      newId: () => id,
      now,
      calendar: ruleSettings.calendar,
      collectedBy: actor.name,
      ...(body.textVersion !== undefined && { textVersion: body.textVersion }),
      ...(body.proof !== undefined && { proof: body.proof }),
      byPerson: false,
    };
    const details = { purpose, channel, granted };
    await auditChange(input, { action: "consent.put", target: person.id, details }, ports, async () => {
      await stateConsents(ports, { person }, [{ purpose, channel, granted }], hearing);
      return { result: undefined };
    });
    return { status: 202, body: { profileId: person.id, ...details, messageId: consentMessageId(id) } };
  },
});

/** What the ledger has it has for ever: a purpose with a slip of the pen in it too. Throws AdminError. */
function refuseUnknownPurpose(purpose: string, purposes: readonly string[]): void {
  const known = [...new Set(["marketing", ...purposes])];
  if (known.includes(purpose)) return;
  throw new AdminError(400, "purpose_unknown", `the project has no purpose ${JSON.stringify(purpose)}`, {
    details: { purposes: known, near: nearNames(purpose, known), hint: "the setting project names them: purposes" },
  });
}

function viewEntry({ at, receivedAt, ...entry }: ConsentEntry): ConsentItem {
  return { ...entry, at: writeInstant(at), receivedAt: writeInstant(receivedAt) };
}
