import { isRetriable } from "#domain/ports/store-error.ts";
import type { Timer } from "#domain/ports/timer-store.ts";
import { nextMinute } from "#domain/profile/apply-memberships.ts";
import type { Profile, ProfileId } from "#domain/profile/state.ts";
import type { ReviewPorts } from "./review-ports.ts";

const HOUR_MS = 3_600_000;

/** Someone who could not be seen to, and why. */
interface Failed {
  readonly id: ProfileId;
  readonly timers: readonly Timer[];
  readonly person: Profile | undefined;
  readonly error?: unknown;
}

/** Leaves the rows of people who could not be seen to, for the next minute. Where that has gone on for an hour, and not
 *  because a service was away, they are put an hour on: nobody is forgotten, and the watermark goes on. Whoever looks at
 *  such a row finds a person whose own timer has long come. Returns the rows that are left where they were. */
export async function postponeFailed(ports: ReviewPorts, failed: readonly Failed[], now: number): Promise<Timer[]> {
  ports.count("WakeFailures", failed.length);
  const left = await Promise.all(
    failed.map(({ id, timers, person, error }) => {
      ports.logFailure(error, { profileId: id });
      return postponeTimers(ports, timers, error, { now, version: person?.version ?? 0 });
    }),
  );
  return left.flat();
}

/** The same for rows of any kind; `version` is that of the state as it is. */
export async function postponeTimers(
  ports: Pick<ReviewPorts, "timers">,
  timers: readonly Timer[],
  error: unknown,
  at: { readonly now: number; readonly version: number },
): Promise<readonly Timer[]> {
  if (isRetriable(error)) return timers;
  const outcomes = await Promise.allSettled(
    timers.map(async (timer) => (timer.at > at.now - HOUR_MS ? [timer] : await postpone(ports, timer, at))),
  );
  return outcomes.flatMap((outcome, n) => (outcome.status === "fulfilled" ? outcome.value : timers.slice(n, n + 1)));
}

async function postpone(
  { timers }: Pick<ReviewPorts, "timers">,
  timer: Timer,
  { now, version: reached }: { readonly now: number; readonly version: number },
): Promise<Timer[]> {
  const version = Math.max(timer.version, reached);
  await timers.put({ ...timer, at: nextMinute(now) + HOUR_MS, version, writtenAt: now });
  await timers.remove(timer, version);
  return [];
}
