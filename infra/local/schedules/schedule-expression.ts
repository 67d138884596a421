const minuteMs = 60_000;
const unitMs = { minute: minuteMs, hour: 60 * minuteMs, day: 24 * 60 * minuteMs } as const;

/** The next instant after `after` at which a schedule is due, both epoch milliseconds. Days and hours are UTC. */
export type Schedule = (after: number) => number;

/**
 * Reads EventBridge's `rate(5 minutes)` and `cron(0 3 * * ? *)`. Throws for what it cannot follow (L, W, #, names),
 * rather than fire at another time than AWS does.
 */
export function parseSchedule(expression: string): Schedule {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (rate) {
    const period = Number(rate[1]) * unitMs[rate[2] as keyof typeof unitMs];
    if (period > 0) return (after) => (Math.floor(after / period) + 1) * period;
  }
  const cron = /^cron\((.+)\)$/.exec(expression)?.[1]?.trim().split(/\s+/);
  if (cron?.length === 6) return parseCron(cron, expression);
  throw new Error(`the schedule ${expression} is not known locally`);
}

/** Ten years: no expression that ever fires leaves a longer gap. */
const horizonDays = 3_660;

function parseCron(fields: readonly string[], expression: string): Schedule {
  const [minutes, hours, days, months, weekdays, years] = [
    [0, 59],
    [0, 23],
    [1, 31],
    [1, 12],
    [1, 7],
    [1970, 2199],
  ].map(([low = 0, high = 0], index) => parseField(fields[index] ?? "", low, high, expression));

  const dayFits = (date: Date): boolean =>
    days?.has(date.getUTCDate()) === true &&
    months?.has(date.getUTCMonth() + 1) === true &&
    weekdays?.has(date.getUTCDay() + 1) === true &&
    years?.has(date.getUTCFullYear()) === true;

  return (after) => {
    const first = Math.floor(after / minuteMs) * minuteMs + minuteMs;
    const midnight = Math.floor(first / unitMs.day) * unitMs.day;
    for (let day = 0; day < horizonDays; day += 1) {
      const start = midnight + day * unitMs.day;
      if (!dayFits(new Date(start))) continue;
      for (let minute = 0; minute < 1_440; minute += 1) {
        const instant = start + minute * minuteMs;
        const fits = hours?.has(Math.floor(minute / 60)) === true && minutes?.has(minute % 60) === true;
        if (fits && instant >= first) return instant;
      }
    }
    return Number.POSITIVE_INFINITY;
  };
}

/** Lists, ranges and steps; `?` is any day, as `*` is. Sunday is 1. */
function parseField(field: string, low: number, high: number, expression: string): ReadonlySet<number> {
  const values = new Set<number>();
  for (const part of field.split(",")) {
    const match = /^(?:\*|\?|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part);
    if (!match) throw new Error(`the schedule ${expression} is not known locally (${part})`);
    const [, from, to, step] = match;
    const start = from === undefined ? low : Number(from);
    const end = to !== undefined ? Number(to) : from === undefined || step !== undefined ? high : start;
    for (let value = start; value <= end; value += Number(step ?? 1)) values.add(value);
  }
  return values;
}
