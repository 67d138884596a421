import { describe, expect, test } from "vitest";
import { parseInstant, settleTime } from "#domain/collect/event-time.ts";

describe("an instant", () => {
  test.each([
    ["2026-01-02T03:04:05.000Z", "2026-01-02T03:04:05.000Z"],
    ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z"],
    ["2026-01-02 03:04:05", "2026-01-02T03:04:05.000Z"],
    ["2026-01-02T03:04", "2026-01-02T03:04:00.000Z"],
    ["2026-01-02", "2026-01-02T00:00:00.000Z"],
    ["2026-01-02T03:04:05.123456789Z", "2026-01-02T03:04:05.123Z"],
    ["2026-01-02T03:04:05+08:00", "2026-01-01T19:04:05.000Z"],
    ["2026-01-02T03:04:05+0800", "2026-01-01T19:04:05.000Z"],
    ["2026-01-02T03:04:05-05", "2026-01-02T08:04:05.000Z"],
    [1767323045000, "2026-01-02T03:04:05.000Z"],
    [0, "1970-01-01T00:00:00.000Z"],
  ])("%j is %s", (given, iso) => {
    expect(new Date(parseInstant(given) ?? Number.NaN).toISOString()).toBe(iso);
  });
  test.each([
    ["yesterday"],
    [""],
    ["2026"],
    ["2026-13-01"],
    ["1969-12-31T23:59:59Z"],
    [-1],
    [1e300],
    [Infinity],
    [true],
    [{}],
  ])("%j is none", (given) => expect(parseInstant(given)).toBeUndefined());
});

describe("the time of an event", () => {
  const receivedAt = 1_000_000;
  const settle = (claimed?: number, sentAt?: number, isPublic = true) =>
    settleTime({ claimed, sentAt, receivedAt, isPublic }).at;

  test("is the claimed time where nobody sent a clock", () => expect(settle(900_000)).toBe(900_000));
  test("is that of receipt where none is claimed", () => expect(settle(undefined, 500_000)).toBe(receivedAt));
  test("of a public source is corrected by how far its clock was behind", () =>
    expect(settle(400_000, 500_000)).toBe(900_000));
  test("of a public source is corrected by how far its clock was ahead", () =>
    expect(settle(5_400_000, 5_500_000)).toBe(900_000));
  test("of any other source stands: it back-dates on purpose", () =>
    expect(settle(400_000, 500_000, false)).toBe(400_000));
  test("is never in the future", () => {
    expect(settle(2_000_000)).toBe(receivedAt);
    expect(settle(600_000, 500_000)).toBe(receivedAt);
  });
  test("is never before 1970", () => expect(settle(0, 5_000_000)).toBe(0));
});
