import { describe, expect, test } from "vitest";
import { RuleScheduler } from "../../infra/local/schedules/rule-scheduler.ts";
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

function makeScheduler(...schedules: string[]) {
  let now = at("2026-11-22T00:00:00Z");
  const fired: { rule: string; at: string }[] = [];
  const scheduler = new RuleScheduler({
    rules: schedules.map((schedule) => ({
      name: schedule,
      arn: schedule,
      schedule,
      targets: [{ functionArn: schedule }],
    })),
    now: () => now,
    setClock: (instant) => {
      now = instant;
    },
    invoke: (rule, event) => {
      expect((event as { time: string }).time).toBe(new Date(now).toISOString().replace(".000", ""));
      fired.push({ rule, at: new Date(now).toISOString() });
      return Promise.resolve();
    },
    settle: () => Promise.resolve(),
  });
  return { scheduler, fired, now: () => now };
}

describe("a jump of the clock", () => {
  test("fires everything on the way, in order and on its own instant", async () => {
    const { scheduler, fired, now } = makeScheduler("rate(5 minutes)", "cron(7 0 * * ? *)");
    await scheduler.moveTo(at("2026-11-22T00:15:30Z"));
    expect(fired.map((fire) => fire.at.slice(11, 16))).toEqual(["00:05", "00:07", "00:10", "00:15"]);
    expect(now()).toBe(at("2026-11-22T00:15:30Z"));
  });

  test("of many days fires a frequent rule once an hour and a daily one every day", async () => {
    const { scheduler, fired } = makeScheduler("rate(1 minute)", "cron(0 3 * * ? *)");
    await scheduler.moveTo(at("2026-12-02T00:00:00Z"));
    const count = (rule: string) => fired.filter((fire) => fire.rule === rule).length;
    expect(count("cron(0 3 * * ? *)")).toBe(10);
    expect(count("rate(1 minute)")).toBeGreaterThanOrEqual(240);
    expect(count("rate(1 minute)")).toBeLessThanOrEqual(242);
    expect(fired.map((fire) => fire.at)).toEqual(fired.map((fire) => fire.at).sort());
  });

  test("back fires nothing, and the way forward fires again", async () => {
    const { scheduler, fired } = makeScheduler("rate(1 hour)");
    await scheduler.moveTo(at("2026-11-21T00:00:00Z"));
    expect(fired).toEqual([]);
    await scheduler.moveTo(at("2026-11-21T02:30:00Z"));
    expect(fired).toHaveLength(2);
  });
});
