import * as z from "zod";
import type { Bundle } from "#domain/definitions/bundle.ts";
import { compileBundle } from "#domain/definitions/compile-bundle.ts";
import { type RolledSources, rollBack } from "#domain/definitions/roll-back.ts";
import type { DefinitionVersion as StoredVersion } from "#domain/ports/definition-store.ts";
import { writeInstant } from "#events/admin-api/answer.ts";
import {
  type DefinitionDiff,
  type DefinitionVersion,
  DefinitionVersionPage,
  RollbackAnswer,
  RollbackRequest,
} from "#events/admin-api/definitions.ts";
import { pageQuery } from "#events/admin-api/page-query.ts";
import { AdminError } from "../admin-error.ts";
import { authoriseSecrets } from "../authorise-secrets.ts";
import { commitDefinitions, type PlannedChange, refuseFrozenSettings } from "../commit-definitions.ts";
import { readCursor, writeCursor } from "../cursor.ts";
import { refuseChanges } from "../plan-changes.ts";
import { defineRoute } from "../route.ts";

const tag = "Definitions";
const LIST = "definitions versions";

export const listDefinitionVersions = defineRoute({
  method: "GET",
  path: "/admin/v1/definitions/versions",
  role: "viewer",
  tag,
  summary: "List the versions of the definitions",
  description: "Newest first: who changed what, and when. Each can be read with `?version=` and gone back to.",
  query: z.object(pageQuery({ default: 50, max: 200 })),
  answers: { 200: { description: "A page of versions.", schema: DefinitionVersionPage } },
  async handle({ query }, { definitions }) {
    const after = readCursor(LIST, query.cursor, z.int().positive());
    const { versions, before } = await definitions.versions({
      limit: query.limit,
      ...(after !== undefined && { before: after }),
    });
    const cursor = before === undefined ? null : writeCursor(LIST, before);
    return { status: 200, body: { items: versions.map(viewVersion), cursor } };
  },
});

export const rollBackDefinitions = defineRoute({
  method: "POST",
  path: "/admin/v1/definitions/rollback",
  role: "operator",
  tag,
  summary: "Go back to an earlier version",
  description:
    "One write: a new version that equals the earlier one. Sources that were made since are kept unless `sources` is true, and write keys that were rotated since stay rotated; the answer names both.",
  body: RollbackRequest,
  answers: { 200: { description: "What changed, or would change.", schema: RollbackAnswer } },
  refusals: { 400: "definition_invalid, definition_cycle", 404: "version_unknown", 409: "setting_frozen" },
  async handle(input, ports) {
    const { version, sources, dryRun } = input.body;
    const earlier = await ports.definitions.at(version);
    if (!earlier) throw new AdminError(404, "version_unknown", `there was never a version ${version}`);
    const plan = (inForce: Bundle) => planRollback(inForce, earlier, { sources }, ports.now());
    if (dryRun) {
      const inForce = await ports.definitions.current();
      const planned = plan(inForce);
      authoriseSecrets(input.actor, inForce, planned.bundle);
      await refuseFrozenSettings(compileBundle(inForce), compileBundle(planned.bundle), ports);
      return { status: 200, body: viewRollback(version, inForce.version, true, planned) };
    }
    const planned = await commitDefinitions(input, "definitions.rollback", ports, plan);
    return { status: 200, body: viewRollback(version, planned.bundle.version, false, planned) };
  },
});

interface Rollback {
  readonly diffs: readonly DefinitionDiff[];
  readonly sources: RolledSources;
}

/** Throws AdminError 400 where the earlier definitions would be refused today. */
function planRollback(
  inForce: Bundle,
  earlier: Bundle,
  options: { sources: boolean },
  now: number,
): PlannedChange<Rollback> {
  const rolled = rollBack(inForce, earlier, options, now);
  if (!rolled.ok) throw refuseChanges(rolled.faults);
  const { bundle, diffs, sources } = rolled;
  const changed = diffs.filter(({ op }) => op !== "unchanged").map(({ kind, name }) => `${kind}/${name}`);
  return { bundle, plan: { diffs, sources }, changed, reason: `rollback to ${earlier.version}` };
}

function viewRollback(
  to: number,
  version: number,
  dryRun: boolean,
  { plan, changed }: PlannedChange<Rollback>,
): RollbackAnswer {
  const { kept, removed, restored, rotated } = plan.sources;
  return {
    to,
    version,
    dryRun,
    changed: changed.length > 0,
    changes: [...plan.diffs],
    sources: { kept: [...kept], removed: [...removed], restored: [...restored], rotated: [...rotated] },
  };
}

function viewVersion({ version, note }: StoredVersion): DefinitionVersion {
  if (!note) return { version, at: null, by: null, changes: [], reason: null };
  const { at, by, changes, reason = null } = note;
  return { version, at: writeInstant(at), by, changes: [...changes], reason };
}
