import { keysOf } from "#domain/definitions/compile-membership.ts";
import { type Population, scaleCount } from "#domain/preview/margin.ts";
import type { PreviewTarget } from "#domain/preview/plan-preview.ts";
import type { Preview } from "#domain/preview/preview-change.ts";
import type { PreviewExample, TargetTally } from "#domain/preview/tally.ts";
import type { MembershipKey } from "#domain/profile/state.ts";
import type { PreviewAnswer, PreviewedDefinition } from "#events/admin-api/preview.ts";

/** A preview as the API shows it: every figure scaled to everyone, with its margin. */
export function viewPreview(
  preview: Preview,
): Pick<PreviewAnswer, "population" | "complete" | "confidence" | "definitions" | "notes"> {
  const { plan, tally, population, complete } = preview;
  return {
    population,
    complete,
    confidence: 0.95,
    definitions: plan.targets.flatMap((target, index) => {
      const counted = tally.targets[index];
      return counted ? [viewTarget(target, counted, population)] : [];
    }),
    notes: notesOf(preview),
  };
}

function viewTarget(target: PreviewTarget, counted: TargetTally, population: Population): PreviewedDefinition {
  const scale = (people: number) => scaleCount(people, population);
  const { kind, name, op, through } = target;
  const { before, after, entered, left, moved, examples } = counted;
  return {
    kind,
    name,
    op,
    through: [...through],
    before: scale(before),
    after: scale(after),
    enter: scale(entered),
    leave: scale(left),
    move: scale(moved),
    ...(kind === "ladder" && { matrix: viewMatrix(target, counted, population) }),
    examples: {
      enter: examples.entered.map(viewExample),
      leave: examples.left.map(viewExample),
      move: examples.moved.map(viewExample),
    },
  };
}

/** Tiers in their new order, then those that go, then none where anybody is on none. */
function viewMatrix(
  { before, after }: PreviewTarget,
  { matrix }: TargetTally,
  population: Population,
): NonNullable<PreviewedDefinition["matrix"]> {
  const keys = new Set<MembershipKey | null>([...(after ? keysOf(after) : []), ...(before ? keysOf(before) : [])]);
  const isOnNone = matrix.has(null) || [...matrix.values()].some((row) => row.has(null));
  if (isOnNone) keys.add(null);
  const people = Array.from(keys, (from) =>
    Array.from(keys, (to) => scaleCount(matrix.get(from)?.get(to) ?? 0, population)),
  );
  return { tiers: Array.from(keys, (key) => (key === null ? null : key.slice(key.indexOf("=") + 1))), people };
}

function viewExample({ profileId, identifier, from, to, because }: PreviewExample) {
  return { profileId, identifier, from, to, because: [...because] };
}

function notesOf({ population, complete, cutShort, tally, thresholds }: Preview): PreviewAnswer["notes"] {
  const { seen, people } = population;
  const about = (count: number) => count.toLocaleString("en-GB");
  return [
    ...(cutShort
      ? [
          {
            code: "cut_short",
            message: `time ran out after ${about(seen)} people, drawn at random: ask for a smaller sample, or apply the change and read what its re-tiering run counts`,
          },
        ]
      : []),
    ...(complete
      ? []
      : [
          {
            code: "sampled",
            message: `${about(seen)} of about ${about(people)} people were looked at, drawn at random; the figures are scaled to everyone`,
          },
        ]),
    ...(thresholds
      ? [
          {
            code: "thresholds_estimated",
            message: `no re-tiering run has found ${thresholds.quantiles === 1 ? "the quantile" : `${thresholds.quantiles} of the quantiles`} that the rules ask for: ${thresholds.exact ? "they are those of all" : "they were estimated from"} ${about(thresholds.people)} people`,
          },
        ]
      : []),
    ...(tally.cutOff > 0
      ? [
          {
            code: "logs_cut",
            message: `${about(tally.cutOff)} of the people looked at did so much that only the newest of it was counted`,
          },
        ]
      : []),
  ];
}
