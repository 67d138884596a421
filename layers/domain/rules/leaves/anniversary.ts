import { readTrait } from "#domain/profile/traits.ts";
import { parseDuration } from "#domain/time/duration.ts";
import type { Anniversary } from "#events/rule/leaves.ts";
import type { CompileLeaf } from "../leaf.ts";
import { parseDay } from "../moment.ts";
import type { Subject } from "../subject.ts";
import { ALWAYS, NEVER, verdict } from "../verdict.ts";

const DAY_MS = 86_400_000;
/** No two anniversaries are further apart than a leap year: a window of so many days always has one. */
const LEAP_YEAR = 366;

/** Whether the next anniversary of a date is today or one of the `within − 1` days after it. */
export const compileAnniversary: CompileLeaf<Anniversary> = ({ trait: name, within }, { calendar, traitMode }) => {
  const length = parseDuration(within).amount;
  const mode = traitMode(name);
  function read({ state }: Subject): unknown {
    const trait = state.traits.get(name);
    return trait === undefined ? undefined : readTrait(trait, mode);
  }
  function dayOfOrigin(subject: Subject): number | undefined {
    const value = read(subject);
    return typeof value === "string" ? parseDay(value, calendar) : undefined;
  }
  return {
    judge(subject) {
      const origin = dayOfOrigin(subject);
      if (origin === undefined) return NEVER;
      let next = nextAnniversary(origin, subject.today);
      if (next - subject.today >= length) return verdict(false, calendar.startOfDay(next - length + 1));
      if (length >= LEAP_YEAR) return ALWAYS;
      // While the year after it is already within reach, the answer goes on.
      for (let after = next; ; next = after) {
        after = nextAnniversary(origin, next + 1);
        if (after - next > length) return verdict(true, calendar.startOfDay(next + 1));
      }
    },
    seen(subject) {
      const origin = dayOfOrigin(subject);
      return origin === undefined ? read(subject) : writeDay(nextAnniversary(origin, subject.today));
    },
  };
};

/** The first anniversary of the day `origin` on or after `from`. */
function nextAnniversary(origin: number, from: number): number {
  const born = new Date(origin * DAY_MS);
  const first = Math.max(new Date(from * DAY_MS).getUTCFullYear(), born.getUTCFullYear() + 1);
  const day = anniversaryIn(first, born);
  return day >= from ? day : anniversaryIn(first + 1, born);
}

function anniversaryIn(year: number, born: Date): number {
  const month = born.getUTCMonth();
  // 29 February of a common year would be 1 March.
  const date = month === 1 && born.getUTCDate() === 29 && !isLeap(year) ? 28 : born.getUTCDate();
  return new Date(0).setUTCFullYear(year, month, date) / DAY_MS;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function writeDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
