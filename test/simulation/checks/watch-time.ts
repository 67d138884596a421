import type { Bundle } from "#domain/definitions/bundle.ts";
import type { Profile, ProfileId } from "#domain/profile/state.ts";
import type { MembershipFact } from "#events/fact.ts";
import type { ItemChange, MemoryDynamo } from "../../support/memory-dynamo.ts";
import { CONFIG } from "../functions.ts";
import { expectedMemberships } from "./expected-memberships.ts";
import type { Journal } from "./journal.ts";
import { eventsIn } from "./settled-events.ts";

/** Clocks are wrong by two minutes at most, and what expires within a minute is seen to in the next. */
const LATE_MS = 4 * 60_000;

export interface TimerRow {
  readonly at: number;
  readonly id: ProfileId;
  readonly writtenAt: number;
}

/** The rows of the Timers table, earliest first. */
export function readTimers(dynamo: MemoryDynamo): TimerRow[] {
  return dynamo
    .items(CONFIG.STRATA_TABLE_TIMERS)
    .map((item) => timerOf(item))
    .toSorted((a, b) => a.at - b.at);
}

function timerOf({ sk, w }: NonNullable<ItemChange["after"]>): TimerRow {
  const [at, , ...id] = (sk?.S ?? "").split("#");
  return { at: Number(at), id: id.join("#") as ProfileId, writtenAt: Number(w?.N) };
}

/** At every instant each living person whose answer expires has a timer at or before that; a change that time alone
 *  brought says the instant of the expiry; and no row of the Tags table goes back to an earlier version. */
export function watchTime(
  journal: Journal,
  on: {
    dynamo: MemoryDynamo;
    now: () => number;
    /** The definitions of a version, once somebody has evaluated by them. */
    bundleOf: (version: number) => Bundle | undefined;
    checked: (what: string) => void;
  },
): void {
  const complain = (law: string, what: string) => journal.violations.push({ law, what });
  const rows = new Map<ProfileId, Set<number>>();
  const mayComeBy = new Map<ProfileId, number>();

  on.dynamo.onChange(({ table, before, after }) => {
    if (table === CONFIG.STRATA_TABLE_TAGS) watchTags(before, after);
    if (table !== CONFIG.STRATA_TABLE_TIMERS) return;
    const { id, at } = timerOf(after ?? before ?? {});
    const own = rows.get(id) ?? new Set();
    rows.set(id, own);
    if (after) own.add(at);
    else {
      own.delete(at);
      const person = journal.people.get(id);
      if (person) checkTimer(person, "after a row was removed");
    }
  });

  journal.onVersion((after, before) => {
    mayComeBy.set(after.id, Math.max(after.reviewAt, on.now() + LATE_MS, keptUntil(after, before)));
    checkTimer(after, `in version ${after.version}`);
    if (before && after.version > before.version) checkInstants(after, before);
  });

  /** A timer that was late stays so until the person is written with another. */
  function keptUntil(after: Profile, before: Profile | undefined): number {
    return before?.timerAt === after.timerAt ? (mayComeBy.get(after.id) ?? 0) : 0;
  }

  function checkTimer({ id, mergedInto, split, reviewAt }: Profile, when: string): void {
    if (mergedInto !== undefined || split || reviewAt === Infinity) return;
    const first = Math.min(...(rows.get(id) ?? []));
    if (first <= (mayComeBy.get(id) ?? 0)) return;
    complain("timer", `${id} ${when}: an answer expires at ${reviewAt}, its first timer is ${first}`);
  }

  function checkInstants(after: Profile, before: Profile): void {
    const isByTimeAlone =
      before.bundleVersion === after.bundleVersion &&
      before.filledTo === after.filledTo &&
      before.state.seen.size === after.state.seen.size &&
      before.state.absorbed.size === after.state.absorbed.size &&
      after.mergedInto === undefined;
    const bundle = on.bundleOf(after.bundleVersion);
    if (!isByTimeAlone || !bundle) return;
    const events = eventsIn(journal, before);
    const facts = after.outbox.filter((fact): fact is MembershipFact => fact.kind === "membership");
    for (const { key, change, since } of facts) {
      const [was, is] = [since - 1, since].map((at) => expectedMemberships(events, at, bundle));
      if (is?.held.some(({ ladder }) => key.startsWith(`tier:${ladder}=`))) continue;
      on.checked("expiries");
      const isRight = is?.keys.has(key) === (change === "entered") && was?.keys.has(key) !== is?.keys.has(key);
      if (!isRight) complain("since", `${after.id} ${change} ${key} in version ${after.version}, not at ${since}`);
    }
  }

  function watchTags(before: ItemChange["before"], after: ItemChange["after"]): void {
    if (!before || !after || Number(after.v?.N) >= Number(before.v?.N)) return;
    // Leaving everything is filed under a version that somebody who was absorbed never comes to.
    if (journal.people.get(after.sk?.S as ProfileId)?.mergedInto !== undefined) return;
    complain("tags-back", `${after.pk?.S} ${after.sk?.S} went from version ${before.v?.N} to ${after.v?.N}`);
  }
}
