import * as z from "zod";
import type { Bundle, StoredDefinition } from "#domain/definitions/bundle.ts";
import {
  DefinitionAnswer,
  DefinitionBody,
  DefinitionKind,
  DefinitionName,
  DefinitionPage,
  RemovedDefinition,
} from "#events/admin-api/definitions.ts";
import { pageQuery } from "#events/admin-api/page-query.ts";
import { AdminError } from "../admin-error.ts";
import { commitDefinitions } from "../commit-definitions.ts";
import { readCursor, writeCursor } from "../cursor.ts";
import { checkIfMatch, etagOf } from "../etag.ts";
import { planChanges } from "../plan-changes.ts";
import { defineRoute } from "../route.ts";

const tag = "Definitions";
const one = z.object({ kind: DefinitionKind, name: DefinitionName });
const AtVersion = z.coerce
  .number()
  .int()
  .min(0)
  .optional()
  .meta({ description: "As it was when this version of the definitions was in force." });

export const listDefinitions = defineRoute({
  method: "GET",
  path: "/admin/v1/definitions/{kind}",
  role: "viewer",
  tag,
  summary: "List the definitions of a kind",
  params: one.pick({ kind: true }),
  query: z.object({ ...pageQuery({ default: 200, max: 1_000 }), version: AtVersion }),
  answers: { 200: { description: "By name.", schema: DefinitionPage } },
  refusals: { 404: "version_unknown" },
  async handle({ params, query }, { definitions }) {
    const list = `definitions/${params.kind}`;
    const after = readCursor(list, query.cursor, z.string());
    const bundle = await bundleAt(query.version, definitions);
    const rest = bundle.definitions
      .filter(({ kind, name }) => kind === params.kind && (after === undefined || name > after))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const items = rest.slice(0, query.limit);
    const last = items.at(-1);
    const cursor = last && rest.length > items.length ? writeCursor(list, last.name) : null;
    return { status: 200, body: { items: items.map(viewDefinition), cursor } };
  },
});

export const getDefinition = defineRoute({
  method: "GET",
  path: "/admin/v1/definitions/{kind}/{name}",
  role: "viewer",
  tag,
  summary: "Read a definition",
  description: "The ETag is the version to send as If-Match when replacing it.",
  params: one,
  query: z.object({ version: AtVersion }),
  answers: { 200: { description: "The definition.", schema: DefinitionAnswer } },
  refusals: { 404: "definition_unknown, version_unknown" },
  async handle({ params, query }, { definitions }) {
    const stored = find(await bundleAt(query.version, definitions), params);
    if (!stored) throw unknownDefinition(params);
    return { status: 200, body: viewDefinition(stored), headers: { etag: etagOf(stored.version) } };
  },
});

export const putDefinition = defineRoute({
  method: "PUT",
  path: "/admin/v1/definitions/{kind}/{name}",
  role: "operator",
  tag,
  summary: "Create or replace a definition",
  description:
    "Without If-Match it creates; what exists is replaced only with the version in If-Match. A new source's write key is made by the server and shown in this answer only. A channel that names a secret asks for an admin.",
  params: one,
  body: DefinitionBody,
  headers: { "if-match": "The version to replace." },
  answers: {
    200: { description: "Replaced, or so already.", schema: DefinitionAnswer },
    201: { description: "Created.", schema: DefinitionAnswer },
  },
  refusals: {
    400: "definition_invalid, definition_cycle, definition_kind_unsupported",
    409: "setting_frozen",
    412: "version_stale",
    428: "version_required",
  },
  async handle(input, ports) {
    const { params, body, header } = input;
    const { bundle, plan } = await commitDefinitions(input, "definitions.put", ports, (inForce) => {
      checkIfMatch(header("if-match"), find(inForce, params)?.version, true);
      return planChanges(inForce, [{ op: "put", ...params, definition: body }], ports);
    });
    const stored = find(bundle, params);
    if (!stored) throw unknownDefinition(params);
    const [diff] = plan;
    return {
      status: diff?.op === "create" ? 201 : 200,
      body: { ...viewDefinition(stored), ...(diff?.writeKey !== undefined && { writeKey: diff.writeKey }) },
      headers: { etag: etagOf(stored.version) },
    };
  },
});

export const deleteDefinition = defineRoute({
  method: "DELETE",
  path: "/admin/v1/definitions/{kind}/{name}",
  role: "operator",
  tag,
  summary: "Remove a definition",
  description: "Refused while another definition names it. Earlier versions stay readable.",
  params: one,
  headers: { "if-match": "Remove only this version." },
  answers: { 200: { description: "Removed.", schema: RemovedDefinition } },
  refusals: { 400: "definition_invalid", 404: "definition_unknown", 409: "setting_frozen", 412: "version_stale" },
  async handle(input, ports) {
    const { params, header } = input;
    const { bundle } = await commitDefinitions(input, "definitions.remove", ports, (inForce) => {
      const stored = find(inForce, params);
      if (!stored) throw unknownDefinition(params);
      checkIfMatch(header("if-match"), stored.version, false);
      return planChanges(inForce, [{ op: "remove", ...params }], ports);
    });
    return { status: 200, body: { ...params, version: bundle.version } };
  },
});

interface Named {
  readonly kind: string;
  readonly name: string;
}

function find({ definitions }: Bundle, { kind, name }: Named): StoredDefinition | undefined {
  return definitions.find((stored) => stored.kind === kind && stored.name === name);
}

/** What is shown of a definition: never the hash of a key. */
function viewDefinition({ kind, name, version, definition }: StoredDefinition): DefinitionAnswer {
  return { kind, name, version, definition };
}

async function bundleAt(
  version: number | undefined,
  definitions: { current(): Promise<Bundle>; at(version: number): Promise<Bundle | undefined> },
): Promise<Bundle> {
  if (version === undefined) return definitions.current();
  const bundle = await definitions.at(version);
  if (!bundle) throw new AdminError(404, "version_unknown", `there was never a version ${version}`);
  return bundle;
}

function unknownDefinition({ kind, name }: Named): AdminError {
  return new AdminError(404, "definition_unknown", `there is no ${kind} named ${name}`, {
    details: { hint: `GET /admin/v1/definitions/${kind} lists them` },
  });
}
