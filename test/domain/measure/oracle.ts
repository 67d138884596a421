import type { CollectedEvent } from "#events/collected-event.ts";

/** A second reading of model.md §8 and definitions.md, as plain and slow as can be: every figure is asked of the raw
 *  events of everyone. It must import nothing of what it judges. */
export interface World {
  readonly timeZone: string;
  /** When the run begins. */
  readonly now: number;
  /** When the run before began. */
  readonly since: number | undefined;
  /** The events of each person, oldest first, each received when it happened. */
  readonly people: readonly (readonly CollectedEvent[])[];
}

const DAY_MS = 86_400_000;

/** The calendar day of an instant, as days since 1970-01-01, by the platform's own calendar. */
export function dayIn(timeZone: string, at: number): number {
  return Date.parse(`${new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" }).format(at)}T00:00Z`) / DAY_MS;
}

interface Order {
  readonly at: number;
  readonly day: number;
  readonly amount: number;
}

/** Orders that were placed and not cancelled, oldest first. */
export function ordersIn(events: readonly CollectedEvent[]): Order[] {
  const orders = Map.groupBy(
    events.filter((event) => event.order && event.order.kind !== "refunded"),
    (event) => event.order?.id,
  );
  return [...orders.values()]
    .filter((of) => of.at(-1)?.order?.kind !== "cancelled")
    .map((of) => {
      const placed = of.filter((event) => event.order?.kind !== "cancelled");
      const told = placed.flatMap((event) => event.order?.amountMinor ?? []);
      return { at: placed[0]?.at ?? 0, day: placed[0]?.day ?? 0, amount: told.at(-1) ?? 0 };
    })
    .toSorted((a, b) => a.at - b.at);
}

/** The tier of the ladder `spend`: two orders, one, none. */
export function tierOf(events: readonly CollectedEvent[]): string {
  const { length } = ordersIn(events);
  return length >= 2 ? "again" : length === 1 ? "once" : "none";
}

export const TIERS = ["again", "once", "none"];

/** Every figure by `metric by day dimension`; those of 0 as well, but for moves between tiers. */
export function figuresOf(world: World): Map<string, number> {
  const figures = new Map<string, number>();
  const note = (metric: string, by: string, day: number, dimension: string, value: number) => {
    if (!Number.isNaN(value)) figures.set([metric, by, day, dimension].join("|"), value);
  };
  const people = world.people.filter((events) => events.length > 0);
  const today = dayIn(world.timeZone, world.now);
  note("people", "everyone", today, "", people.length);
  noteDays(world, people, today, note);
  noteRetention(people, today, note);
  notePurchases(people, today, note);
  for (const tier of TIERS) {
    const there = people.filter((events) => tierOf(events) === tier);
    note("members", "membership", today, `tier:spend=${tier}`, there.length);
  }
  noteMoves(world, people, today, note);
  return figures;
}

type Note = (metric: string, by: string, day: number, dimension: string, value: number) => void;
type People = readonly (readonly CollectedEvent[])[];

const activeDaysOf = (events: readonly CollectedEvent[]) =>
  events.filter(({ activity }) => activity).map(({ day }) => day);
const firstDayOf = (events: readonly CollectedEvent[]) => Math.min(...activeDaysOf(events));
const activeBetween = (from: number, to: number) => (events: readonly CollectedEvent[]) =>
  activeDaysOf(events).some((day) => day >= from && day <= to);

function noteDays({ since, timeZone }: World, people: People, today: number, note: Note): void {
  const first = since === undefined ? today - 365 : Math.min(today - 60, dayIn(timeZone, since));
  for (let day = Math.max(first, today - 365); day < today; day++) {
    const daily = people.filter(activeBetween(day, day)).length;
    const monthly = people.filter(activeBetween(day - 29, day)).length;
    note("new-people", "everyone", day, "", people.filter((events) => firstDayOf(events) === day).length);
    note("daily-active-people", "everyone", day, "", daily);
    note("weekly-active-people", "everyone", day, "", people.filter(activeBetween(day - 6, day)).length);
    note("monthly-active-people", "everyone", day, "", monthly);
    note("stickiness", "everyone", day, "", daily / monthly);
    const orders = people.map((events) => ordersIn(events).filter((order) => order.day === day));
    note("daily-buyers", "everyone", day, "", orders.filter(({ length }) => length > 0).length);
    note("daily-orders", "everyone", day, "", orders.flat().length);
    note("daily-revenue", "everyone", day, "", total(orders.flat().map(({ amount }) => amount)));
  }
}

function noteRetention(people: People, today: number, note: Note): void {
  const yesterday = today - 1;
  /** Of the people of these cohorts, the part that is active so many days later. */
  const rate = (some: People, from: number, to: number, age: number) => {
    const cohort = some.filter((events) => firstDayOf(events) >= from && firstDayOf(events) <= to);
    const back = cohort.filter((events) => activeDaysOf(events).includes(firstDayOf(events) + age));
    return back.length / cohort.length;
  };
  for (let age = 1; age <= 30; age++) {
    const newest = yesterday - age;
    note("retention", "age", yesterday, `D${age}`, rate(people, newest - 29, newest, age));
    for (let day = yesterday - 59; day <= newest; day++)
      note("retention", "cohort", day, `D${age}`, rate(people, day, day, age));
    if (![1, 3, 7, 14, 30].includes(age)) continue;
    for (const tier of TIERS) {
      const there = people.filter((events) => tierOf(events) === tier);
      note("retention", "tier", yesterday, `tier:spend=${tier} D${age}`, rate(there, newest - 29, newest, age));
    }
  }
}

function notePurchases(people: People, today: number, note: Note): void {
  const noteOf = (by: string, dimension: string, some: People) => {
    const buyers = some.map(ordersIn).filter(({ length }) => length > 0);
    const revenue = total(buyers.flat().map(({ amount }) => amount));
    note("buyers", by, today, dimension, buyers.length);
    note("orders", by, today, dimension, buyers.flat().length);
    note("revenue", by, today, dimension, revenue);
    note("average-order-value", by, today, dimension, revenue / buyers.flat().length);
    note("repurchase-rate", by, today, dimension, buyers.filter(({ length }) => length >= 2).length / buyers.length);
  };
  noteOf("everyone", "", people);
  for (const tier of TIERS)
    noteOf(
      "tier",
      `tier:spend=${tier}`,
      people.filter((events) => tierOf(events) === tier),
    );
  const pauses = people
    .flatMap((events) => ordersIn(events).map(({ day }, n, orders) => day - (orders[n - 1]?.day ?? Number.NaN)))
    .filter((days) => !Number.isNaN(days))
    .toSorted((a, b) => a - b);
  note("mean-days-between-purchases", "everyone", today, "", total(pauses) / pauses.length);
  note("median-days-between-purchases", "everyone", today, "", pauses[Math.ceil(pauses.length / 2) - 1] ?? Number.NaN);
  const refunds = people.flatMap((events) => {
    const told = events.filter(({ order }) => order?.kind === "refunded");
    return [...new Map(told.map(({ order }) => [order?.id, order?.amountMinor ?? 0])).values()];
  });
  note("refunds", "everyone", today, "", refunds.length);
  note("refunded-amount", "everyone", today, "", total(refunds));
}

function noteMoves({ since, now, timeZone }: World, people: People, today: number, note: Note): void {
  const first = Math.max(today - 60, since === undefined ? today - 60 : dayIn(timeZone, since));
  const moves = people
    .flatMap((events) => {
      const stood = events.map((event, n) => ({ event, tier: tierOf(events.slice(0, n + 1)) }));
      return stood.map(({ event, tier }, n) => ({ ...event, from: stood[n - 1]?.tier ?? "-", to: tier }));
    })
    .filter(({ at, day, from, to }) => from !== to && day >= first && at < now);
  for (let day = first; day <= today; day++) {
    note("tier-moves", "ladder", day, "spend", moves.filter((move) => move.day === day).length);
  }
  const alike = Map.groupBy(moves, ({ day, from, to }) => `${day}|spend ${from} ${to}`);
  for (const [place, made] of alike) {
    const [day, dimension = ""] = place.split("|");
    note("tier-moves", "move", Number(day), dimension, made.length);
  }
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
