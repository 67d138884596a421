import { describe, expect, test } from "vitest";
import { ClockMovingError, ClockWalk } from "../../infra/local/schedules/clock-walk.ts";
import { RuleScheduler } from "../../infra/local/schedules/rule-scheduler.ts";

const at = (text: string): number => Date.parse(text);
const dayMs = 86_400_000;

interface Setup {
  readonly schedules?: readonly string[];
  /** Instants at which messages become visible. */
  readonly messages?: number[];
  readonly input?: string;
  readonly onFire?: (event: unknown) => Promise<void>;
}

function setUp({ schedules = [], messages = [], input, onFire }: Setup) {
  let now = at("2026-11-22T00:00:00Z");
  const fired: { what: string; at: string }[] = [];
  const note = (what: string) => fired.push({ what, at: new Date(now).toISOString() });
  const scheduler = new RuleScheduler({
    rules: schedules.map((schedule) => ({
      name: schedule,
      arn: schedule,
      schedule,
      targets: [{ functionArn: schedule, input }],
    })),
    now: () => now,
    invoke: async (rule, event) => {
      if (input === undefined) {
        expect((event as { time: string }).time).toBe(new Date(now).toISOString().replace(".000", ""));
      }
      note(rule);
      await onFire?.(event);
    },
  });
  const walk = new ClockWalk({
    scheduler,
    now: () => now,
    setClock: (instant) => {
      now = instant;
    },
    nextMessageAt: () => messages[0],
    settle: () => {
      for (let due = messages[0]; due !== undefined && due <= now; due = messages[0]) {
        messages.shift();
        note("message");
      }
      return Promise.resolve();
    },
    arrive: () => Promise.resolve(),
  });
  const count = (what: string) => fired.filter((fire) => fire.what === what).length;
  return { walk, scheduler, fired, count, now: () => now };
}

describe("a jump of the clock", () => {
  test("fires everything on the way, in order and on its own instant", async () => {
    const { walk, fired, now } = setUp({ schedules: ["rate(5 minutes)", "cron(7 0 * * ? *)"] });
    await walk.moveTo(at("2026-11-22T00:15:30Z"));
    expect(fired.map((fire) => fire.at.slice(11, 16))).toEqual(["00:05", "00:07", "00:10", "00:15"]);
    expect(now()).toBe(at("2026-11-22T00:15:30Z"));
  });

  test("makes delayed messages visible between the rules, second by second, and leaves those that are due later", async () => {
    const start = at("2026-11-22T00:00:00Z");
    const messages = [90_250, 90_750, 400_000].map((ms) => start + ms);
    const { walk, fired } = setUp({ schedules: ["rate(1 minute)"], messages });
    await walk.moveTo(start + 130_000);
    expect(fired.map((fire) => [fire.what, fire.at.slice(14, 19)])).toEqual([
      ["rate(1 minute)", "01:00"],
      ["message", "01:31"],
      ["message", "01:31"],
      ["rate(1 minute)", "02:00"],
    ]);
    expect(messages).toHaveLength(1);
  });

  test.each([
    [8 / 24, 60, 480],
    [1, 360, 240],
    [20, 7_200, 240],
    [40, 14_400, 240],
    [400, 144_000, 240],
  ])(
    "of %d days fires a minute's rule every %d s, and for the last time just before its end",
    async (days, gap, firings) => {
      const { walk, fired, count, scheduler, now } = setUp({ schedules: ["rate(1 minute)", "cron(15 1 * * ? *)"] });
      const end = now() + days * dayMs;
      await walk.moveTo(end);
      expect(count("rate(1 minute)")).toBeGreaterThanOrEqual(firings);
      expect(count("rate(1 minute)")).toBeLessThanOrEqual(firings + 2);
      const instants = fired.filter((fire) => fire.what === "rate(1 minute)").map((fire) => at(fire.at));
      const gaps = instants.slice(1, -1).map((instant, index) => (instant - (instants[index] ?? 0)) / 1000);
      expect(Math.max(...gaps)).toBeLessThanOrEqual(gap + 60);
      expect(end - (instants.at(-1) ?? 0)).toBeLessThanOrEqual(60_000);
      expect(count("cron(15 1 * * ? *)")).toBe(Math.ceil(days));
      expect(fired.map((fire) => fire.at)).toEqual(fired.map((fire) => fire.at).sort());
      expect(scheduler.nextDueAt - end).toBeLessThanOrEqual(60_000);
    },
  );

  test("fires rules that are due at the same instant side by side", async () => {
    let running = 0;
    let most = 0;
    const onFire = async () => {
      most = Math.max(most, ++running);
      await Promise.resolve();
      running--;
    };
    const { walk, fired, now } = setUp({ schedules: ["rate(1 minute)", "rate(5 minutes)"], onFire });
    await walk.moveTo(now() + 5 * 60_000);
    expect(fired.map(({ what }) => what)).toEqual([...Array<string>(5).fill("rate(1 minute)"), "rate(5 minutes)"]);
    expect(most).toBe(2);
  });

  test("hands a rule's target its constant input", async () => {
    const events: unknown[] = [];
    const onFire = (event: unknown) => {
      events.push(event);
      return Promise.resolve();
    };
    const { walk, now } = setUp({ schedules: ["cron(15 1 * * ? *)"], input: '{"task":"start"}', onFire });
    await walk.moveTo(now() + dayMs);
    expect(events).toEqual([{ task: "start" }]);
  });

  test("back fires nothing, and the way forward fires again", async () => {
    const { walk, fired } = setUp({ schedules: ["rate(1 hour)"] });
    await walk.moveTo(at("2026-11-21T00:00:00Z"));
    expect(fired).toEqual([]);
    await walk.moveTo(at("2026-11-21T02:30:00Z"));
    expect(fired).toHaveLength(2);
  });

  test("refuses another one until it has arrived, and says where it is going", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { walk, now } = setUp({ schedules: ["rate(1 hour)"], onFire: () => promise });
    const target = now() + 2 * 3_600_000;
    const moving = walk.moveTo(target);
    expect(walk.movingTo).toBe(target);
    expect(() => walk.moveTo(target)).toThrow(ClockMovingError);
    resolve();
    await moving;
    expect(walk.movingTo).toBeUndefined();
    await walk.moveTo(target + 1);
  });
});
