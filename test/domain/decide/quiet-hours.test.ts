import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseQuietHours, quietUntil } from "#domain/decide/quiet-hours.ts";
import { makeCalendar } from "#domain/time/calendar.ts";

const NIGHT = parseQuietHours({ from: "21:00", to: "08:00" });
const HOUR_MS = 3_600_000;
const STEADY = new Set(["UTC", "Asia/Shanghai"]);

describe("quiet hours", () => {
  test.each([
    ["before midnight", "2026-11-20T21:00:00+08:00", "2026-11-21T08:00:00+08:00"],
    ["after midnight", "2026-11-21T07:59:59+08:00", "2026-11-21T08:00:00+08:00"],
    ["by day", "2026-11-21T08:00:00+08:00", undefined],
    ["a minute before", "2026-11-20T20:59:59+08:00", undefined],
  ])("%s", (_, now, end) => {
    const until = quietUntil(Date.parse(now), NIGHT, makeCalendar("Asia/Shanghai"));
    expect(until).toBe(end === undefined ? undefined : Date.parse(end));
  });

  test("the night of a clock change is as long as the clocks make it", () => {
    const calendar = makeCalendar("Europe/London");
    const evening = Date.parse("2026-10-24T21:00:00+01:00");
    expect((quietUntil(evening, NIGHT, calendar) ?? 0) - evening).toBe(12 * HOUR_MS);
    const spring = Date.parse("2026-03-28T21:00:00Z");
    expect((quietUntil(spring, NIGHT, calendar) ?? 0) - spring).toBe(10 * HOUR_MS);
  });

  test("are over when they say, and what lies outside them is what the clock on the wall shows", () => {
    const minute = fc.nat(1439);
    fc.assert(
      fc.property(
        minute,
        minute,
        fc.constantFrom("UTC", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe"),
        fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2028, 0) }),
        (fromMinute, toMinute, zone, now) => {
          const hours = { fromMinute, toMinute };
          const until = quietUntil(now, hours, makeCalendar(zone));
          const wall = wallMinute(now, zone);
          const over = toMinute < fromMinute;
          const quiet = over ? wall >= fromMinute || wall < toMinute : wall >= fromMinute && wall < toMinute;
          // Where clocks change, the wall shows some minutes twice and others never.
          if (STEADY.has(zone)) expect(until !== undefined).toBe(quiet);
          if (until === undefined) return;
          expect(until).toBeGreaterThan(now);
          expect(quietUntil(until, hours, makeCalendar(zone))).toBeUndefined();
        },
      ),
      { numRuns: 2000 },
    );
  });
});

function wallMinute(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" }).format(at);
  const [hours = 0, minutes = 0] = parts.split(":").map(Number);
  return hours * 60 + minutes;
}
