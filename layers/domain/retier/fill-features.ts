import { listAcross } from "#domain/activity/list-across.ts";
import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { keyOf } from "#domain/identity/plan-claims.ts";
import type { ActivityStore } from "#domain/ports/activity-store.ts";
import { emptyState } from "#domain/profile/empty-state.ts";
import { foldEvents } from "#domain/profile/fold.ts";
import { hashMessageId } from "#domain/profile/message-hash.ts";
import { DEDUPE_WINDOW_SECONDS, MAX_REMEMBERED } from "#domain/profile/prune.ts";
import { replaceFeatures, unfilledFeatures } from "#domain/profile/recount-features.ts";
import type { Profile, ProfileState } from "#domain/profile/state.ts";
import { type FeatureSpec, planFeatureSpecs } from "#domain/rules/features.ts";
import { HOUR_MS } from "#domain/time/duration.ts";
import type { CollectedEvent } from "#events/collected-event.ts";

const EVENTS_A_PAGE = 500;
/** Messages of one person that are told apart while its log is read; beyond it a message that the log holds under two
 *  times may count twice. */
const MAX_MET = 100_000;

/** A person whose features lack what was done before they were kept, with those features counted anew from the behaviour
 *  log; undefined where none lacks anything. An event counts if, and only if, the profile as it was read has it: the
 *  caller writes the result on that very version, so that whatever is folded meanwhile makes it read again. */
export async function fillFeatures(
  activity: ActivityStore,
  profile: Profile,
  now: number,
  bundle: CompiledBundle,
): Promise<Pick<Profile, "state" | "filledTo"> | undefined> {
  const features = unfilledFeatures(profile, bundle.readers, now, bundle);
  if (features.length === 0) return undefined;
  const filled = { state: profile.state, filledTo: bundle.version };
  const from = firstInstant(profile.state, features, bundle);
  if (isOutside(profile.state, features, now, bundle)) return filled;
  return { ...filled, state: await countAnew(activity, profile, features, from) };
}

async function countAnew(
  activity: ActivityStore,
  { id, state }: Profile,
  features: readonly FeatureSpec[],
  from: number | undefined,
): Promise<ProfileState> {
  const plan = planFeatureSpecs(features);
  const counts = countedBy(state);
  const met = new Set<bigint>();
  const { newestAt, newestDay, newestReceivedAt } = state;
  const names = [...plan.byEvent.keys()];
  const only = names.length === 1 ? names[0] : undefined;
  let counted: ProfileState = { ...emptyState(), newestAt, newestDay, newestReceivedAt };
  let cursor: string | undefined;
  do {
    const page = await listAcross(activity, [id, ...state.absorbed], {
      limit: EVENTS_A_PAGE,
      ...(from !== undefined && { from }),
      ...(only !== undefined && { event: only }),
      ...(cursor !== undefined && { cursor }),
    });
    const events = page.events.filter((event) => plan.byEvent.has(event.event ?? "") && counts(event, met));
    counted = foldEvents({ ...counted, seen: new Map() }, events, plan).state;
    cursor = page.cursor;
  } while (cursor !== undefined);
  return replaceFeatures(state, counted, features);
}

/** Whether a state has counted an event of its log. The log is written first, so it may hold events of which the state
 *  knows nothing yet: what is recent enough to be remembered counts only if it is. */
function countedBy(state: ProfileState): (event: CollectedEvent, met: Set<bigint>) => boolean {
  const { seen, truncated, separated, identifiers } = state;
  const windowStart = Math.floor(state.newestReceivedAt / 1000) - DEDUPE_WINDOW_SECONDS;
  const isFull = truncated.has("seen") && seen.size >= MAX_REMEMBERED;
  const oldest = isFull ? oldestOf(seen) : { second: windowStart, hash: 0n };
  return ({ messageId, receivedAt, identifiers: [strongest] }, met) => {
    const hash = hashMessageId(messageId);
    if (met.has(hash)) return false;
    // After an un-merge the logs of those once absorbed hold events that went to the other person.
    if (separated.size > 0 && (!strongest || !identifiers.has(keyOf(strongest)))) return false;
    const second = Math.floor(receivedAt / 1000);
    const isForgotten = second < oldest.second || (second === oldest.second && hash < oldest.hash);
    if (!seen.has(hash) && !isForgotten) return false;
    if (met.size < MAX_MET) met.add(hash);
    return true;
  };
}

/** What goes first when the memory is full: the oldest, of one second the smallest hash (profile/prune.ts). */
function oldestOf(seen: ProfileState["seen"]): { second: number; hash: bigint } {
  let oldest = { second: Infinity, hash: 0n };
  for (const [hash, second] of seen) {
    if (second < oldest.second || (second === oldest.second && hash < oldest.hash)) oldest = { second, hash };
  }
  return oldest;
}

/** Nothing that these features ask for can lie in their windows any more. */
function isOutside(
  { newestAt, newestDay }: ProfileState,
  features: readonly FeatureSpec[],
  now: number,
  { calendar }: Pick<CompiledBundle, "calendar">,
): boolean {
  return features.every(({ unit, keep }) => {
    if (unit === "day") return newestDay <= calendar.dayOf(now) - keep;
    return unit === "hour" && Math.floor(newestAt / HOUR_MS) <= Math.floor(now / HOUR_MS) - keep;
  });
}

/** The first instant that any of the features keeps; undefined: all time. Weeks are kept by calendar days too. */
function firstInstant(
  { newestAt, newestDay }: ProfileState,
  features: readonly FeatureSpec[],
  { calendar }: Pick<CompiledBundle, "calendar">,
): number | undefined {
  const firsts = features.map(({ unit, keep }) => {
    if (unit === "ever") return undefined;
    if (unit === "hour") return (Math.floor(newestAt / HOUR_MS) - keep) * HOUR_MS;
    return calendar.startOfDay(newestDay - (unit === "week" ? 7 * (keep + 1) : keep));
  });
  return firsts.includes(undefined) ? undefined : Math.min(...firsts.map((first) => first ?? 0));
}
