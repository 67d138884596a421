import { compileBundle } from "#domain/definitions/compile-bundle.ts";
import { drawShare } from "#domain/journeys/draw.ts";
import { previewChange } from "#domain/preview/preview-change.ts";
import { writeInstant } from "#events/admin-api/answer.ts";
import { PreviewAnswer, PreviewRequest } from "#events/admin-api/preview.ts";
import { AdminError } from "../admin-error.ts";
import { refuseFrozenSettings } from "../commit-definitions.ts";
import { planChanges } from "../plan-changes.ts";
import { viewPreview } from "../preview-answer.ts";
import { defineRoute } from "../route.ts";

/** An API's answer may take 29 s at the gateway; what is being read when time is up is waited for. */
const DEADLINE_MS = 22_000;

export const previewDefinitions = defineRoute({
  method: "POST",
  path: "/admin/v1/preview",
  role: "operator",
  tag: "Definitions",
  summary: "See who would enter, leave and move before a change is made",
  description:
    "Evaluates people by the definitions in force and by the changed ones, on a random sample or on all, with what depends on the change. Features that are not kept yet are counted from the behaviour log. Nothing is written.",
  body: PreviewRequest,
  answers: { 200: { description: "Who would change, how many, with examples.", schema: PreviewAnswer } },
  refusals: {
    400: "definition_invalid, definition_cycle, definition_kind_unsupported",
    409: "setting_frozen",
    503: "preview_too_slow",
  },
  async handle({ body, now }, ports) {
    const { definition, changes, sample, part } = body;
    const asked = changes ?? (definition ? [{ op: "put" as const, ...named(definition), definition }] : []);
    const before = await ports.definitions.current();
    const { bundle: after, plan } = planChanges(before, asked, ports);
    // The keys that were made for this plan are thrown away: showing them would promise what will not be.
    const diffs = plan.map(({ writeKey: _, ...diff }) => diff);
    const compiled = { inForce: compileBundle(before), next: compileBundle(after) };
    await refuseFrozenSettings(compiled.inForce, compiled.next, ports);
    const deadline = ports.now() + DEADLINE_MS;
    const preview = await previewChange(
      { before, after, diffs },
      compiled,
      { wanted: sample === "all" ? Number.POSITIVE_INFINITY : sample, ...(part && { part }), now },
      {
        profiles: ports.profiles,
        activity: ports.activity,
        // Quantiles that nobody has found yet are looked for among the same people for every part.
        random: part ? sameDraws(before.version) : ports.random,
        isOver: () => ports.now() > deadline,
      },
    );
    if (preview.cutShort && (part !== undefined || preview.population.seen === 0)) throw tooSlow();
    return {
      status: 200,
      body: { version: before.version, at: writeInstant(now), changes: diffs, ...viewPreview(preview) },
    };
  },
});

function sameDraws(version: number): () => number {
  let drawn = 0;
  return () => drawShare(`preview ${version}`, String(drawn++));
}

function named({ kind, name }: { kind: string; name: string }): { kind: string; name: string } {
  return { kind, name };
}

function tooSlow(): AdminError {
  return new AdminError(503, "preview_too_slow", "time ran out before anybody could be looked at; try again", {
    headers: { "retry-after": "1" },
    details: { hint: "ask for a smaller sample, or for everyone in more parts" },
  });
}
