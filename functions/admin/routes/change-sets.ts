import * as z from "zod";
import { rotateKey } from "#domain/definitions/change-definitions.ts";
import { compileBundle } from "#domain/definitions/compile-bundle.ts";
import { ApplyAnswer, ApplyRequest, DefinitionName, RotatedKey } from "#events/admin-api/definitions.ts";
import { AdminError } from "../admin-error.ts";
import { authoriseSecrets } from "../authorise-secrets.ts";
import { commitDefinitions, refuseFrozenSettings } from "../commit-definitions.ts";
import { makeWriteKey, planChanges } from "../plan-changes.ts";
import { defineRoute } from "../route.ts";

const tag = "Definitions";

export const applyChanges = defineRoute({
  method: "POST",
  path: "/admin/v1/definitions/apply",
  role: "operator",
  tag,
  summary: "Apply a change set",
  description:
    "All of it or nothing, as one version. What is so already is left alone; a set that changes nothing writes nothing. A channel that names a secret asks for an admin.",
  body: ApplyRequest,
  answers: { 200: { description: "What changed, or would change.", schema: ApplyAnswer } },
  refusals: { 400: "definition_invalid, definition_cycle, definition_kind_unsupported", 409: "setting_frozen" },
  async handle(input, ports) {
    const { changes, dryRun } = input.body;
    if (dryRun) {
      const inForce = await ports.definitions.current();
      const planned = planChanges(inForce, changes, ports);
      authoriseSecrets(input.actor, inForce, planned.bundle);
      await refuseFrozenSettings(compileBundle(inForce), compileBundle(planned.bundle), ports);
      // The keys that were made for this plan are thrown away: showing them would promise what will not be.
      const diffs = planned.plan.map(({ writeKey: _, ...diff }) => diff);
      const changed = planned.bundle !== inForce;
      return { status: 200, body: { version: inForce.version, dryRun, changed, changes: diffs } };
    }
    const { bundle, plan, changed, run } = await commitDefinitions(input, "definitions.apply", ports, (inForce) =>
      planChanges(inForce, changes, ports),
    );
    const isChanged = changed.length > 0;
    const body = { version: bundle.version, dryRun, changed: isChanged, changes: plan, ...(run && { retier: run }) };
    return { status: 200, body };
  },
});

export const rotateSourceKey = defineRoute({
  method: "POST",
  path: "/admin/v1/definitions/source/{name}/rotate-key",
  role: "operator",
  tag,
  summary: "Give a source a new write key",
  description: "The key before it is refused within a minute (a second locally).",
  params: z.object({ name: DefinitionName }),
  answers: { 200: { description: "The new key, shown once.", schema: RotatedKey } },
  refusals: { 404: "definition_unknown" },
  async handle(input, ports) {
    const { name } = input.params;
    const { key, hash } = makeWriteKey(ports);
    const { bundle } = await commitDefinitions(input, "source.rotate-key", ports, (inForce) => {
      const rotated = rotateKey(inForce, name, hash);
      if (!rotated) throw new AdminError(404, "definition_unknown", `there is no source named ${name}`);
      return { bundle: rotated, plan: undefined, changed: [`source/${name}`] };
    });
    return { status: 200, body: { kind: "source", name, version: bundle.version, writeKey: key } };
  },
});
