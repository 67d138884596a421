import { describe, expect, test } from "vitest";
import { parseSchedule } from "../../infra/local/schedules/schedule-expression.ts";

const at = (text: string): number => Date.parse(text);
const next = (expression: string, after: string): string =>
  new Date(parseSchedule(expression)(at(after))).toISOString();

describe("schedule expressions", () => {
  test.each([
    ["rate(1 minute)", "2026-11-22T00:00:00Z", "2026-11-22T00:01:00.000Z"],
    ["rate(5 minutes)", "2026-11-22T00:04:59Z", "2026-11-22T00:05:00.000Z"],
    ["rate(1 day)", "2026-11-22T10:00:00Z", "2026-11-23T00:00:00.000Z"],
    ["cron(0 3 * * ? *)", "2026-11-22T03:00:00Z", "2026-11-23T03:00:00.000Z"],
    ["cron(0/15 * * * ? *)", "2026-11-22T03:01:00Z", "2026-11-22T03:15:00.000Z"],
    ["cron(15 1 * * ? *)", "2026-11-22T01:14:59Z", "2026-11-22T01:15:00.000Z"],
    ["cron(15 1 * * ? *)", "2026-11-22T01:15:00Z", "2026-11-23T01:15:00.000Z"],
    ["cron(30 9 ? * 2-6 *)", "2026-11-21T12:00:00Z", "2026-11-23T09:30:00.000Z"],
    ["cron(0 0 1 1,7 ? *)", "2026-11-22T00:00:00Z", "2027-01-01T00:00:00.000Z"],
    ["cron(0 0 29 2 ? *)", "2026-11-22T00:00:00Z", "2028-02-29T00:00:00.000Z"],
  ])("%s after %s is %s", (expression, after, expected) => {
    expect(next(expression, after)).toBe(expected);
  });

  test.each(["rate(0 minutes)", "rate(5 fortnights)", "cron(0 3 * * *)", "cron(0 3 L * ? *)", "cron(0 3 ? * MON *)"])(
    "%s is refused rather than fired at another time",
    (expression) => {
      expect(() => parseSchedule(expression)).toThrow(/not known locally/);
    },
  );
});
