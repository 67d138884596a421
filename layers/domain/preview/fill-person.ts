import { listAcross } from "#domain/activity/list-across.ts";
import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import type { ActivityStore } from "#domain/ports/activity-store.ts";
import { recountFeatures, unfilledFeatures } from "#domain/profile/recount-features.ts";
import type { Profile, ProfileState } from "#domain/profile/state.ts";
import type { FeatureSpec } from "#domain/rules/features.ts";
import { HOUR_MS } from "#domain/time/duration.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import type { PreviewPlan } from "./plan-preview.ts";

const PAGE = 1_000;
/** Of whoever did more than this, such as a robot, only the newest are counted. */
const MAX_EVENTS = 10_000;

export interface Filled {
  readonly state: ProfileState;
  /** Not all that the person did was counted. */
  readonly cutOff: boolean;
}

/** The state of a person with every feature that the definitions to come rest on: what is not kept of it yet is counted in
 *  memory from the behaviour log, as a re-tiering run would. */
export async function fillPerson(
  profile: Profile,
  now: number,
  plan: PreviewPlan,
  activity: Pick<ActivityStore, "list">,
): Promise<Filled> {
  const readers = plan.targets.flatMap(({ after }) => after ?? []);
  return fillFor(profile, now, { readers, bundle: plan.after }, activity);
}

/** The same for whatever reads features of these definitions. */
export async function fillFor(
  profile: Profile,
  now: number,
  { readers, bundle }: { readonly readers: CompiledBundle["readers"]; readonly bundle: CompiledBundle },
  activity: Pick<ActivityStore, "list">,
): Promise<Filled> {
  const features = unfilledFeatures(profile, readers, now, bundle);
  if (features.length === 0) return { state: profile.state, cutOff: false };
  const { events, cutOff } = await readLog(profile, features, activity);
  return { state: recountFeatures(profile.state, events, features), cutOff };
}

async function readLog(
  { id, state }: Pick<Profile, "id" | "state">,
  features: readonly FeatureSpec[],
  activity: Pick<ActivityStore, "list">,
): Promise<{ events: CollectedEvent[]; cutOff: boolean }> {
  const names = new Set(features.map(({ event }) => event));
  const [only] = names;
  const from = Math.min(...features.map((feature) => windowStart(feature, state.newestAt)));
  const events: CollectedEvent[] = [];
  let cursor: string | undefined;
  do {
    const page = await listAcross(activity, [id, ...state.absorbed], {
      ...(names.size === 1 && only !== undefined && { event: only }),
      ...(Number.isFinite(from) && { from }),
      ...(cursor !== undefined && { cursor }),
      limit: PAGE,
    });
    events.push(...page.events);
    cursor = page.cursor;
  } while (cursor !== undefined && events.length < MAX_EVENTS);
  return { events, cutOff: cursor !== undefined };
}

/** No bucket that is kept begins before this; −Infinity: there is no end to it. */
function windowStart({ unit, keep }: FeatureSpec, newestAt: number): number {
  if (unit === "hour") return newestAt - (keep + 1) * HOUR_MS;
  // Days of other lengths than 24 hours, and other zones than UTC, are less than two days in all.
  return unit === "day" ? newestAt - (keep + 2) * 24 * HOUR_MS : Number.NEGATIVE_INFINITY;
}
