import type { Bundle } from "#domain/definitions/bundle.ts";
import { type CompiledBundle, compileBundle } from "#domain/definitions/compile-bundle.ts";
import { writeThresholds } from "#domain/definitions/thresholds.ts";
import type { ActivityStore } from "#domain/ports/activity-store.ts";
import { isAnybody } from "#domain/profile/is-anybody.ts";
import type { Profile } from "#domain/profile/state.ts";
import type { QuantileSpec } from "#domain/rules/population.ts";
import type { DefinitionDiff } from "#events/admin-api/definitions.ts";
import { type DrawPorts, drawPeople, readPart } from "./draw-people.ts";
import { fillPerson } from "./fill-person.ts";
import { findMoves } from "./find-moves.ts";
import { estimatePopulation, type Population } from "./margin.ts";
import { type PreviewPlan, planPreview } from "./plan-preview.ts";
import { addThresholds, missingQuantiles, quantileFigure } from "./sample-thresholds.ts";
import { addMoves, mergeTally, newTally, type PreviewTally } from "./tally.ts";

/** People among whom quantiles are looked for that no re-tiering run has found yet. */
const THRESHOLD_SAMPLE = 10_000;
/** People of one page whose behaviour logs are read at once. */
const READ_AT_ONCE = 16;

/** Everything that a preview reaches: nothing here can write. */
export interface PreviewPorts extends DrawPorts {
  readonly activity: Pick<ActivityStore, "list">;
}

/** A change that is not in force. */
export interface PlannedBundles {
  readonly before: Bundle;
  readonly after: Bundle;
  readonly diffs: readonly DefinitionDiff[];
}

export interface Preview {
  readonly plan: PreviewPlan;
  readonly tally: PreviewTally;
  readonly population: Population;
  /** Everyone was looked at: there is no margin. */
  readonly complete: boolean;
  /** Time ran out before as many were looked at as were asked for. */
  readonly cutShort: boolean;
  /** Quantiles that no re-tiering run has found, and among how many people they were looked for. */
  readonly thresholds?: { readonly quantiles: number; readonly people: number; readonly exact: boolean };
}

/** What a change of definitions would do to people, were a re-tiering run to follow at once: a sample of `wanted` people
 *  (Infinity: everyone), or everyone of one part, is evaluated by the definitions in force and by those to come. Nothing
 *  is written. */
export async function previewChange(
  change: PlannedBundles,
  compiled: { readonly inForce: CompiledBundle; readonly next: CompiledBundle },
  {
    wanted,
    part,
    now,
  }: { readonly wanted: number; readonly part?: { readonly index: number; readonly of: number }; readonly now: number },
  ports: PreviewPorts,
): Promise<Preview> {
  const { inForce } = compiled;
  let plan = planPreview(change, { before: inForce, after: compiled.next }, change.diffs);
  const missing = missingQuantiles(compiled.next.quantiles, inForce.thresholds);
  const found = missing.length > 0 ? await findThresholds(plan, missing, now, ports) : undefined;
  if (found) {
    const after = compileBundle({ ...change.after, thresholds: writeThresholds(found.thresholds) });
    plan = planPreview(change, { before: inForce, after }, change.diffs);
  }
  const tally = newTally(plan.targets);
  const look = (people: readonly Profile[]) => tallyPage(people, now, plan, ports);
  const keep = (pages: readonly PreviewTally[]) => {
    for (const page of pages) mergeTally(tally, page);
  };
  const drawn = part ? await readPart(ports, part, look, keep) : await drawPeople(ports, wanted, look, keep);
  const { share, cutShort } = drawn;
  return {
    plan,
    tally,
    population: estimatePopulation(tally.people, share > 0 ? share : 1),
    complete: share === 1,
    cutShort,
    ...(found && {
      thresholds: { quantiles: missing.length, people: found.people, exact: found.thresholds.exact },
    }),
  };
}

async function tallyPage(
  people: readonly Profile[],
  now: number,
  plan: PreviewPlan,
  { activity }: Pick<PreviewPorts, "activity">,
): Promise<PreviewTally> {
  const tally = newTally(plan.targets);
  await eachFilled(people, now, plan, activity, (profile, { state, cutOff }) => {
    addMoves(tally, plan.targets, profile, findMoves(profile, state, now, plan));
    if (cutOff) tally.cutOff++;
  });
  return tally;
}

/** Calls back for every one of these people, in their order, with what is not kept of them yet counted. */
async function eachFilled(
  people: readonly Profile[],
  now: number,
  plan: PreviewPlan,
  activity: Pick<ActivityStore, "list">,
  use: (profile: Profile, filled: Awaited<ReturnType<typeof fillPerson>>) => void,
): Promise<void> {
  const anybody = people.filter(({ state }) => isAnybody(state));
  for (let start = 0; start < anybody.length; start += READ_AT_ONCE) {
    const some = anybody.slice(start, start + READ_AT_ONCE);
    const filled = await Promise.all(
      some.map(async (profile) => ({ profile, filled: await fillPerson(profile, now, plan, activity) })),
    );
    for (const one of filled) use(one.profile, one.filled);
  }
}

/** Looks for quantiles among people drawn at random, as a re-tiering run does among everyone. */
async function findThresholds(plan: PreviewPlan, missing: readonly QuantileSpec[], now: number, ports: PreviewPorts) {
  const { thresholds, calendar } = plan.before;
  // Beside thresholds that are in force, figures of the same day: nobody is older in one than in the other.
  const day = thresholds?.day ?? calendar.dayOf(now);
  const figures: number[][] = missing.map(() => []);
  let people = 0;
  const drawn = await drawPeople(
    ports,
    THRESHOLD_SAMPLE,
    async (page) => {
      const counted: (number | undefined)[][] = [];
      await eachFilled(page, now, plan, ports.activity, (_, { state }) => {
        counted.push(missing.map((spec) => quantileFigure(spec, state, { day, now }, calendar)));
      });
      return counted;
    },
    (pages) => {
      for (const person of pages.flat()) {
        people++;
        for (const [index, figure] of person.entries()) if (figure !== undefined) figures[index]?.push(figure);
      }
    },
  );
  const exact = drawn.share === 1;
  return { thresholds: addThresholds(thresholds, missing, figures, { at: now, day, exact }), people };
}
