import * as z from "zod";
import { isIdentifierType } from "#domain/identity/identifier.ts";
import { expiryOf, IMPORT_JOB, type ImportJob, importIdOf, readJob } from "#domain/imports/import-job.ts";
import { writeInstant } from "#events/admin-api/answer.ts";
import { ImportCreated, ImportPage, ImportRequest, ImportView } from "#events/admin-api/imports.ts";
import { pageQuery } from "#events/admin-api/page-query.ts";
import { AdminError } from "../admin-error.ts";
import { auditChange } from "../audit-change.ts";
import { findImport, startImport as start, stopImport as stop } from "../change-import.ts";
import { readCursor, writeCursor } from "../cursor.ts";
import type { AdminPorts } from "../ports.ts";
import { defineRoute, type RouteInput } from "../route.ts";
import { checkByHand } from "../set-by-hand.ts";
import { ADDRESS_SECONDS, viewImport } from "../view-import.ts";

const tag = "Imports";
const path = "/admin/v1/imports";
const Id = z.string().regex(/^im_[\w-]{1,64}$/, "an import's id is such as im_8236112345678k3x9");
const params = z.object({ importId: Id });

export const createImport = defineRoute({
  method: "POST",
  path,
  role: "operator",
  tag,
  summary: "Prepare an import: a file of people into a tag or a segment",
  description:
    "Answers with an address to which the file is PUT as it is: CSV with a header or NDJSON, in UTF-8, up to 1 GB, lines up to 1 MB. Then `start` it.",
  body: ImportRequest,
  answers: { 201: { description: "Where the file goes.", schema: ImportCreated } },
  refusals: {
    400: "identifier_type_unknown",
    404: "tag_unknown, segment_unknown",
    409: "tag_has_rule, segment_has_rule",
  },
  async handle(input, ports) {
    const job = await planImport(input, ports);
    const what = {
      action: "import.create",
      target: job.importId,
      details: { into: job.key, mode: job.mode, name: job.name },
    };
    await auditChange(input, what, ports, async () => {
      const item = { job: IMPORT_JOB, slice: job.importId, revision: 1, body: job, expiresAt: expiryOf(job) };
      if ((await ports.work.save(item)) === "conflict") throw new AdminError(503, "import_busy", "try again");
      return { result: undefined };
    });
    const url = await ports.importObjects.offerUpload(job.importId, ADDRESS_SECONDS);
    const upload = { url, method: "PUT", expiresAt: writeInstant(input.now + ADDRESS_SECONDS * 1_000) } as const;
    return { status: 201, body: { ...(await viewImport(job, ports.importObjects)), upload } };
  },
});

export const listImports = defineRoute({
  method: "GET",
  path,
  role: "viewer",
  tag,
  summary: "List imports",
  description: "Newest first; they are kept for 30 days.",
  query: z.object(pageQuery({ default: 20, max: 50 })),
  answers: { 200: { description: "A page of them.", schema: ImportPage } },
  async handle({ query }, { work, importObjects }) {
    const cursor = readCursor("imports", query.cursor, Id);
    const page = await work.list(IMPORT_JOB, { limit: query.limit, ...(cursor !== undefined && { cursor }) });
    const items = await Promise.all(page.items.map((item) => viewImport(readJob(item), importObjects)));
    return {
      status: 200,
      body: { items, cursor: page.cursor === undefined ? null : writeCursor("imports", page.cursor) },
    };
  },
});

export const getImport = defineRoute({
  method: "GET",
  path: `${path}/{importId}`,
  role: "viewer",
  tag,
  summary: "How far an import is",
  description: "The counts are those of the last checkpoint, every few seconds.",
  params,
  answers: { 200: { description: "Its progress, and what was refused.", schema: ImportView } },
  refusals: { 404: "import_unknown" },
  async handle(input, ports) {
    const job = readJob(await findImport(input.params.importId, ports));
    return { status: 200, body: await viewImport(job, ports.importObjects) };
  },
});

export const startImport = defineRoute({
  method: "POST",
  path: `${path}/{importId}/start`,
  role: "operator",
  tag,
  summary: "Start an import whose file was uploaded",
  description: "Also goes on with one that was stopped. Doing it twice changes nothing more.",
  params,
  answers: { 200: { description: "It runs.", schema: ImportView } },
  refusals: { 404: "import_unknown", 409: "upload_missing, import_over" },
  handle: (input, ports) => changeImport("import.start", start, input, ports),
});

export const stopImport = defineRoute({
  method: "POST",
  path: `${path}/{importId}/stop`,
  role: "operator",
  tag,
  summary: "Stop an import",
  description: "At its next checkpoint, within seconds. What was applied stays; `start` goes on from there.",
  params,
  answers: { 200: { description: "It stops, or has stopped.", schema: ImportView } },
  refusals: { 404: "import_unknown", 409: "import_over" },
  handle: (input, ports) => changeImport("import.stop", stop, input, ports),
});

async function changeImport(
  action: string,
  change: (importId: string, ports: AdminPorts, now: number) => Promise<ImportJob>,
  input: RouteInput<z.infer<typeof params>, unknown, unknown>,
  ports: AdminPorts,
) {
  const { importId } = input.params;
  await findImport(importId, ports);
  const job = await auditChange(input, { action, target: importId }, ports, async () => ({
    result: await change(importId, ports, input.now),
  }));
  return { status: 200, body: await viewImport(job, ports.importObjects) };
}

/** Throws AdminError as `checkByHand`, or 400 `identifier_type_unknown`. */
async function planImport(
  { body, actor, now }: RouteInput<unknown, unknown, ImportRequest>,
  ports: AdminPorts,
): Promise<ImportJob> {
  const bundle = await ports.inForce();
  const { into, name, sha256, ...asked } = body;
  const target = "tag" in into ? checkByHand(bundle, "tag", into.tag) : checkByHand(bundle, "segment", into.segment);
  const stranger = asked.columns.find(({ identifier }) => !isIdentifierType(identifier, bundle.project.identityTypes));
  if (stranger) {
    const message = `there is no type of identifier named ${JSON.stringify(stranger.identifier)}`;
    throw new AdminError(400, "identifier_type_unknown", message, { details: { column: stranger.column } });
  }
  return {
    ...asked,
    importId: importIdOf(now, ports.randomId().slice(-8)),
    ...(name !== undefined && { name }),
    ...(sha256 !== undefined && { sha256 }),
    key: target.key,
    by: actor.name,
    createdAt: now,
    status: "waiting",
    phase: "checking",
    at: { offset: 0, row: 0 },
    rows: { read: 0, applied: 0, unchanged: 0, refused: 0 },
    errors: {},
    firstErrors: [],
    errorParts: [],
    peopleParts: [],
    removed: 0,
    setbacks: 0,
  };
}
