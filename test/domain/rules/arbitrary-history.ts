import fc from "fast-check";
import { makeCalendar } from "#domain/time/calendar.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { CATEGORIES, CITIES, EVENT_NAMES, SOURCES } from "./arbitrary-rules.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Days on which the zones of the tests change their clocks, the ends of two Februaries and of months with 31 days and
 *  with 30, and of a year. */
const ERAS = [
  ...["2026-03-08", "2026-11-01", "2026-04-05", "2026-10-04", "2027-02-28", "2028-02-28"],
  ...["2026-06-30", "2026-08-31", "2026-12-31"],
];
export const ZONES = ["America/New_York", "Asia/Shanghai", "UTC", "Australia/Lord_Howe"];

/** A person's events around a change of clocks, and an instant at or after the newest of them. */
export interface History {
  readonly timeZone: string;
  readonly events: CollectedEvent[];
  readonly now: number;
  /** Near which the clocks change. */
  readonly era: number;
}

const amount = fc.integer({ min: -200, max: 3000 });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const drawn = fc.record({
  hours: fc.integer({ min: 0, max: 16 * 24 }),
  /** Often on the hour, where windows begin and end. */
  minutes: fc.constantFrom(0, 0, 30, 59),
  event: fc.constantFrom(...EVENT_NAMES),
  activity: fc.boolean(),
  properties: fc.record(
    {
      category: fc.oneof(fc.constantFrom(...CATEGORIES), fc.constant(null)),
      quantity: fc.integer({ min: -2, max: 6 }),
    },
    { requiredKeys: [] },
  ),
  revenue: maybe(amount),
  traits: maybe(
    fc.record(
      {
        city: fc.constantFrom(...CITIES),
        points: fc.integer({ min: -5, max: 5 }),
        groups: fc.constantFrom("a", "b", "c"),
        firstPlan: fc.constantFrom("free", "pro"),
        birthday: fc.constantFrom(
          "2026-03-08",
          "2026-11-01",
          "2026-03-08T04:59:59Z",
          "2026-10-31T09:00:00Z",
          "1990-03-12",
          "2000-02-29",
          "1985-08-31",
          "2001-12-31",
          "1999-02-28T16:00:00Z",
          "soon",
        ),
      },
      { requiredKeys: [] },
    ),
  ),
  unset: fc.boolean(),
  anonymous: fc.boolean(),
  consent: maybe(
    fc.record({
      channel: fc.constantFrom("email", "sms", "*"),
      granted: fc.boolean(),
      source: fc.constantFrom("web" as const, "server" as const),
    }),
  ),
  order: maybe(
    fc.record({
      kind: fc.constantFrom(
        "completed" as const,
        "completed" as const,
        "updated" as const,
        "cancelled" as const,
        "refunded" as const,
      ),
      id: fc.constantFrom("o-1", "o-2", "o-3", "o-4"),
      amountMinor: maybe(fc.nat({ max: 3000 })),
    }),
  ),
  acquisition: maybe(fc.record({ source: fc.constantFrom(...SOURCES), medium: fc.constantFrom("cpc", "organic") })),
  place: maybe(fc.record({ city: fc.constantFrom(...CITIES) })),
  device: maybe(fc.record({ platform: fc.constantFrom("web", "ios"), os: fc.constantFrom("iOS", "Android") })),
});

export const TRAIT_MODES = { points: "add", groups: "append", firstPlan: "setOnce" } as const;

export const arbitraryHistory: fc.Arbitrary<History> = fc
  .record({
    timeZone: fc.constantFrom(...ZONES),
    era: fc.constantFrom(...ERAS),
    drawn: fc.array(drawn, { maxLength: 12 }),
    wait: fc.oneof(fc.constant(0), fc.nat({ max: 6 * HOUR_MS }), fc.nat({ max: 14 * DAY_MS })),
  })
  .map(({ timeZone, era: date, drawn, wait }) => {
    const era = Date.parse(date);
    const calendar = makeCalendar(timeZone);
    const events = drawn.map((it, n): CollectedEvent => {
      // No two share an instant, so that who wrote last needs no tie-break here.
      const at = era - 8 * DAY_MS + it.hours * HOUR_MS + it.minutes * 60_000 + n;
      const { amountMinor, ...order } = it.order ?? { id: "", kind: "refunded" as const };
      return {
        messageId: `m-${n}`,
        type: "track",
        event: it.event,
        identifiers: [["userId", "u-1"], ...(it.anonymous ? [["anonymousId", "a-1"] as [string, string]] : [])],
        at,
        receivedAt: at,
        day: calendar.dayOf(at),
        source: { name: "any", type: it.consent?.source ?? "web" },
        activity: it.activity,
        properties: it.properties,
        ...(it.revenue !== undefined && { money: { revenue: it.revenue } }),
        ...(it.traits && {
          traits: it.traits,
          traitModes: { ...TRAIT_MODES, ...(it.unset && { city: "unset" as const }) },
        }),
        ...(it.order && { order: { ...order, ...(amountMinor !== undefined && { amountMinor }) } }),
        ...(it.acquisition && { acquisition: it.acquisition }),
        ...(it.place && { place: it.place }),
        ...(it.consent && {
          consent: { purpose: "marketing", channel: it.consent.channel, granted: it.consent.granted },
        }),
        ...(it.device && { device: it.device }),
      };
    });
    const newest = Math.max(era - 8 * DAY_MS, ...events.map(({ at }) => at));
    return { timeZone, events, now: newest + wait, era };
  });

/** Instants from `from` on at which something could go wrong: midnights, full hours, clock changes, one before each. */
export function telltaleInstants({ timeZone, era }: History, from: number, until: number): number[] {
  const calendar = makeCalendar(timeZone);
  const today = calendar.dayOf(from);
  const edges = [until];
  for (let day = today; day <= today + 15; day++) edges.push(calendar.startOfDay(day));
  for (let hour = -6; hour <= 48; hour += 3) edges.push((Math.floor(from / HOUR_MS) + hour) * HOUR_MS);
  for (let half = -40; half <= 40; half += 2) edges.push(era + (half * HOUR_MS) / 2);
  edges.push(from + 100 * DAY_MS, from + 450 * DAY_MS);
  const instants = edges.flatMap((edge) => [edge - 1, edge, edge + 1]);
  return [from, ...instants.filter((at) => at > from && Number.isFinite(at))];
}
