import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeCalendar, TimeZoneError } from "#domain/time/calendar.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ZONES = [
  "UTC",
  "Asia/Shanghai",
  "America/New_York",
  "Australia/Lord_Howe",
  "Asia/Kolkata",
  "America/St_Johns",
  "America/Sao_Paulo",
  "Pacific/Apia",
  "+08:00",
];
const day = (date: string) => Date.parse(date) / DAY_MS;

describe("calendar", () => {
  test("every instant lies within its day, and days never go back", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.integer({ min: 0, max: Date.UTC(2040, 0) }),
        fc.integer({ min: 0, max: 3 * DAY_MS }),
        (zone, at, later) => {
          const calendar = makeCalendar(zone);
          const today = calendar.dayOf(at);
          expect(calendar.startOfDay(today)).toBeLessThanOrEqual(at);
          expect(calendar.startOfDay(today + 1)).toBeGreaterThan(at);
          expect(calendar.dayOf(at + later)).toBeGreaterThanOrEqual(today);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("a day is the zone's local date, as Intl tells it", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"),
        fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2035, 0) }),
        (timeZone, at) => {
          const local = new Intl.DateTimeFormat("en-CA", { timeZone }).format(at);
          expect(makeCalendar(timeZone).dayOf(at)).toBe(day(local));
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("days around a change of clocks have 23 or 25 hours, and half hours on Lord Howe", () => {
    const lengthOf = (zone: string, date: string) => {
      const calendar = makeCalendar(zone);
      return (calendar.startOfDay(day(date) + 1) - calendar.startOfDay(day(date))) / HOUR_MS;
    };
    expect(lengthOf("America/New_York", "2026-03-08")).toBe(23);
    expect(lengthOf("America/New_York", "2026-11-01")).toBe(25);
    expect(lengthOf("Australia/Lord_Howe", "2026-04-05")).toBe(24.5);
    expect(lengthOf("Australia/Lord_Howe", "2026-10-04")).toBe(23.5);
    expect(lengthOf("Asia/Shanghai", "2026-03-08")).toBe(24);
  });

  test("a midnight that does not exist is the first instant that does", () => {
    // São Paulo went from 23:59:59 to 01:00 on 4 November 2018.
    expect(makeCalendar("America/Sao_Paulo").startOfDay(day("2018-11-04"))).toBe(
      Date.parse("2018-11-04T01:00:00-02:00"),
    );
  });

  test("a day that a zone skipped is nobody's, and begins with the next", () => {
    const apia = makeCalendar("Pacific/Apia");
    expect(apia.startOfDay(day("2011-12-30"))).toBe(apia.startOfDay(day("2011-12-31")));
    expect(apia.dayOf(apia.startOfDay(day("2011-12-30")))).toBe(day("2011-12-31"));
  });

  test("a zone that nobody knows is a typed error", () => {
    expect(() => makeCalendar("Mars/Olympus")).toThrow(TimeZoneError);
    expect(() => makeCalendar("")).toThrow(expect.objectContaining({ code: "time_zone_unknown", retriable: false }));
  });
});

describe("a time of day", () => {
  test.each([
    ["Asia/Shanghai", "2026-11-20", 10 * 60, "2026-11-20T02:00:00.000Z"],
    ["Europe/London", "2026-03-29", 90, "2026-03-29T01:30:00.000Z"],
    ["Europe/London", "2026-10-25", 90, "2026-10-25T00:30:00.000Z"],
    ["America/New_York", "2026-03-08", 150, "2026-03-08T07:30:00.000Z"],
  ])("in %s on %s, minute %i", (zone, date, minute, expected) => {
    expect(new Date(makeCalendar(zone).instantOf(day(date), minute)).toISOString()).toBe(expected);
  });

  test("lies in its day, and is the clocks' minute except where they jump over it", () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), fc.integer({ min: 0, max: 25_000 }), fc.nat(1439), (zone, on, minute) => {
        const calendar = makeCalendar(zone);
        const at = calendar.instantOf(on, minute);
        expect(at).toBeGreaterThanOrEqual(calendar.startOfDay(on));
        expect(at - calendar.startOfDay(on)).toBeLessThanOrEqual(minute * 60_000 + 24 * HOUR_MS);
      }),
      { numRuns: 2000 },
    );
  });
});
