import pc from "picocolors";
import { expect, test } from "vitest";
import type { JourneyStats } from "#events/admin-api/journeys.ts";
import { renderJourney, spellRun } from "../../../../console/cli/journeys/journey-text.ts";

const c = pc.createColors(false);
const arm = (people: number, converted: number) => ({ people, converted, rate: converted / people, uplift: null });

const uplift = { absolute: { value: 0.041, low: 0.012, high: 0.07 }, relative: null };
const STATS: JourneyStats = {
  journey: "cart-rescue",
  version: null,
  from: "2026-03-01",
  to: "2026-03-30",
  exact: true,
  share: 1,
  keptFrom: "2025-02-22",
  asOf: "2026-03-30T09:00:00.000Z",
  runs: { entered: 1200, heldOut: 118, live: 4, converted: 160 },
  outcomes: { finished: 900, goal: 160, "held-out": 118 },
  steps: [{ path: "steps.2.send", step: "send", entered: 1000, waiting: 0, left: 1000 }],
  messages: [
    {
      path: "steps.2.send",
      requested: 1000,
      sent: 700,
      pending: 0,
      unknown: 1,
      failed: {},
      stopped: { no_consent: 299 },
      channels: { email: { requested: 880, sent: 640 }, sms: { requested: 120, sent: 60 } },
    },
  ],
  refused: {
    exact: false,
    reasons: [
      { reason: "entry_rule", count: 8400 },
      { reason: "once", count: 31 },
    ],
  },
  goal: {
    everyone: { ...arm(1082, 150), uplift },
    holdout: arm(118, 10),
    experiments: { offer: { coupon: arm(360, 60) } },
  },
};

test("the figures of a journey are a table of steps, with what was not sent and why, and the goal by arm", () => {
  const lines = renderJourney(STATS, c);
  expect(lines.join("\n")).toMatchInlineSnapshot(`
    "cart-rescue  entered 2026-03-01 to 2026-03-30
      1,200 entered, 118 held out, 4 live
      ended: finished 900, goal 160, held-out 118
      not let in, about: entry_rule 8,400, once 31

      step            entered  waiting     left
      steps.2.send      1,000        0    1,000
        700 sent, 1 unknown, not sent: no_consent 299, by channel: email 640 of 880 sent, sms 60 of 120 sent

      goal reached, and how much more often than by those held out (95 %, however often you look)
      everyone      13.9 %  150 of 1,082  +4.1 points (+1.2 to +7.0)
      holdout       8.5 %  10 of 118
      offer coupon  16.7 %  60 of 360"
  `);
});

test("figures that are not exact say why", () => {
  const spelled = (changed: Partial<JourneyStats>) => renderJourney({ ...STATS, ...changed }, c).join("\n");
  expect(spelled({ exact: false, share: 0.25 })).toContain("time ran out: these are the counts of 25 % of all runs");
  const old = spelled({ exact: false, keptFrom: "2026-03-02" });
  expect(old).toContain("before 2026-03-02 not every run is kept");
  expect(old).not.toContain("time ran out");
});

test("a run is one line", () => {
  const run = {
    runId: "r",
    journey: "cart",
    version: 2,
    trigger: null,
    why: null,
    endedAt: null,
    outcome: null,
    convertedAt: null,
  };
  const live = {
    ...run,
    enteredAt: "2026-03-01T09:00:00.000Z",
    arms: { offer: "coupon" },
    at: "steps.1.wait",
    until: "2026-03-03T09:00:00.000Z",
  };
  expect(spellRun(live)).toBe("entered 2026-03-01 09:00 UTC, coupon: at steps.1.wait until 2026-03-03 09:00 UTC");
});
