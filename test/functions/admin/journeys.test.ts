import { beforeAll, describe, expect, test } from "vitest";
import { type Outcome, type Run, touchIdOf } from "#domain/journeys/run.ts";
import { emptyState } from "#domain/profile/empty-state.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import { makeCalendar } from "#domain/time/calendar.ts";
import type { Touch } from "#domain/touches/touch.ts";
import { JourneyStats, PersonRuns } from "#events/admin-api/journeys.ts";
import { makeAdminHarness } from "../../support/admin-harness.ts";
import { aPerson, NOON } from "../../support/people.ts";

const HOUR_MS = 3_600_000;
const template = {
  kind: "template",
  name: "cart",
  channel: "email",
  category: "marketing",
  locales: { en: { subject: "Cart", body: "<p>Cart</p>" } },
};
const journey = {
  kind: "journey",
  name: "cart",
  trigger: { event: "Product Added" },
  holdout: "50%",
  goal: { event: "Order Completed" },
  steps: [
    { waitFor: { event: "Order Completed", for: "1h", then: "end" } },
    { split: { experiment: "offer", arms: { a: 1, b: 1 } } },
    { send: { channel: "email", template: "cart", category: "marketing" } },
    { wait: { for: "2d" } },
  ],
};

let admin: ReturnType<typeof makeAdminHarness>;
let version = 0;
beforeAll(async () => {
  admin = makeAdminHarness();
  version = Number((await admin.define(template, journey)).body.version);
  // The program: 0 wait-for, 1 end, 2 jump, 3 split, 4 send, 5 wait, 6 end.
  await put("live", {
    visited: [0, 2, 3, 4, 5],
    next: 5,
    waiting: { for: "time", until: NOON + 48 * HOUR_MS },
    arms: [["offer", "a"]],
  });
  await put("first", { visited: [0], next: 0, waiting: { for: "event", since: NOON, until: NOON + HOUR_MS } });
  await put("bought", {
    visited: [0, 2, 3, 4, 5],
    next: 5,
    arms: [["offer", "b"]],
    outcome: at("goal"),
    convertedAt: NOON,
  });
  await put("done", { visited: [0, 2, 3, 4, 5, 6], next: 6, arms: [["offer", "a"]], outcome: at("finished") });
  await put("held", { outcome: at("held-out") });
  await put("held-and-bought", { outcome: at("held-out"), convertedAt: NOON });
  await put("of-last-week", { enteredAt: NOON - 8 * 24 * HOUR_MS, outcome: at("finished") });
  await put("elsewhere", { journey: "other" });
  await touch("live", "sent");
  await touch("bought", "stopped", "no_consent");
  await touch("done", "waiting", "quiet_hours", "sms");
});

function at(kind: "goal" | "finished" | "held-out"): Outcome {
  return { kind, at: NOON };
}

function aRun(name: string): Run {
  return {
    id: name,
    journey: "cart",
    definitionVersion: version,
    profileId: `p_${name}` as ProfileId,
    entryKey: name,
    enteredAt: NOON,
    cause: { factId: name, event: { event: "Product Added", at: NOON } },
    next: 0,
    arms: [],
    consumed: [],
    visited: [],
  };
}

async function put(name: string, more: Partial<Run>): Promise<void> {
  await admin.ports.runs.save({ run: { ...aRun(name), ...more }, revision: 1 });
  await admin.ports.profiles.save({ ...aPerson(name), state: { ...emptyState(), newestReceivedAt: NOON } });
}

/** What became of what a run's send step asked for. */
async function touch(runId: string, state: Touch["state"], reason?: string, channel = "email"): Promise<void> {
  const stored: Touch = {
    id: touchIdOf(runId, 4),
    profileId: `p_${runId}` as ProfileId,
    journey: "cart",
    definitionVersion: version,
    runId,
    path: "steps.2.send",
    channels: ["email", "sms"],
    channel,
    template: "cart",
    category: "marketing",
    overCap: "skip",
    arms: [],
    cause: { factId: runId },
    requestedAt: NOON,
    changedAt: NOON,
    attempt: 0,
    state,
    ...(reason !== undefined && { reason }),
  };
  await admin.ports.touches.save({ touch: stored, revision: 1 });
}

async function stats(query = "?from=2026-11-20&to=2026-11-20") {
  return JourneyStats.parse((await admin.call("GET", `/admin/v1/journeys/cart/stats${query}`)).body);
}

describe("the figures of a journey", () => {
  test("count each run once, by outcome, step and message", async () => {
    const { runs, outcomes, steps, messages, exact, share } = await stats();
    expect({ exact, share }).toEqual({ exact: true, share: 1 });
    expect(runs).toEqual({ entered: 6, heldOut: 2, live: 2, converted: 2 });
    expect(outcomes).toEqual({ "held-out": 2, goal: 1, finished: 1 });
    expect(steps).toEqual([
      { path: "steps.0.waitFor", step: "waitFor", entered: 4, waiting: 1, left: 3 },
      { path: "steps.1.split", step: "split", entered: 3, waiting: 0, left: 3 },
      { path: "steps.2.send", step: "send", entered: 3, waiting: 0, left: 3 },
      { path: "steps.3.wait", step: "wait", entered: 3, waiting: 1, left: 2 },
    ]);
    expect(messages).toEqual([
      {
        path: "steps.2.send",
        requested: 3,
        sent: 1,
        pending: 1,
        unknown: 0,
        failed: {},
        stopped: { no_consent: 1 },
        channels: { email: { requested: 2, sent: 1 }, sms: { requested: 1, sent: 0 } },
      },
    ]);
  });

  test("compare the goal of each arm with that of the holdout", async () => {
    const { goal } = await stats();
    expect(goal).toMatchObject({
      everyone: { people: 4, converted: 1, rate: 0.25, uplift: { absolute: { value: -0.25 } } },
      holdout: { people: 2, converted: 1, rate: 0.5, uplift: null },
      experiments: { offer: { a: { people: 2, converted: 0 }, b: { people: 1, converted: 1, rate: 1 } } },
    });
  });

  test("are those of the days asked for", async () => {
    expect((await stats("?from=2026-11-01&to=2026-11-30")).runs.entered).toBe(7);
    expect((await admin.call("GET", "/admin/v1/journeys/gone/stats")).body).toMatchObject({ code: "journey_unknown" });
  });

  test("are refused of a version that nobody can have entered, with those that there are", async () => {
    const other = makeAdminHarness();
    const written = async (...definitions: Parameters<typeof other.define>) =>
      Number((await other.define(...definitions)).body.version);
    const first = await written(template, journey);
    const between = await written({ ...template, name: "other" });
    const changed = { ...journey, holdout: "20%" };
    const second = await written(changed);
    const ask = (version: number) => other.call("GET", `/admin/v1/journeys/cart/stats?version=${version}`);
    await other.ports.runs.save({ run: { ...aRun("r"), definitionVersion: second }, revision: 1 });
    expect(await ask(second)).toMatchObject({ status: 200, body: { runs: { entered: 1 } } });
    expect(await ask(first)).toMatchObject({ status: 200, body: { version: first, runs: { entered: 0 } } });
    for (const unknown of [between, 999]) {
      expect(await ask(unknown)).toMatchObject({
        status: 404,
        body: { code: "version_unknown", details: { versions: [second, first] } },
      });
    }
  });

  test("are not called exact for days of which runs are no longer kept", async () => {
    const of = (from: string, to: string) => stats(`?from=${from}&to=${to}`);
    const inside = await of("2025-10-17", "2026-11-20");
    expect(inside).toMatchObject({ exact: true, runs: { entered: 7 } });
    expect(await of(inside.keptFrom, inside.keptFrom)).toMatchObject({ exact: true, share: 1 });
    expect(await of("2025-10-01", "2025-11-20")).toMatchObject({ exact: false, share: 1 });
  });

  test("tell of whom was not let in, by reason, in those days", async () => {
    const day = makeCalendar("UTC").dayOf(NOON);
    await admin.ports.refusals.add([
      { journey: "cart", day, reason: "once", count: 3 },
      { journey: "cart", day, reason: "entry_rule", count: 40 },
      { journey: "cart", day: day - 1, reason: "once", count: 5 },
      { journey: "other", day, reason: "once", count: 9 },
    ]);
    expect((await stats()).refused).toEqual({
      exact: false,
      reasons: [
        { reason: "entry_rule", count: 40 },
        { reason: "once", count: 3 },
      ],
    });
    expect((await stats("?from=2026-11-01&to=2026-11-30")).refused.reasons).toContainEqual({
      reason: "once",
      count: 8,
    });
  });

  test("say how much they stand for where time runs out", async () => {
    let now = NOON;
    const slow = makeAdminHarness({ ...admin.ports, now: () => (now += 600) });
    const { body } = await slow.call("GET", "/admin/v1/journeys/cart/stats?from=2026-11-20&to=2026-11-20");
    expect(body).toMatchObject({ exact: false });
    expect(JourneyStats.parse(body).share).toBeLessThan(1);
    expect(JourneyStats.parse(body).share).toBeGreaterThan(0);
  });

  test("are no figures where time runs out before anybody was counted", async () => {
    let now = NOON;
    const slow = makeAdminHarness({ ...admin.ports, now: () => (now += 21_000) });
    const answer = await slow.call("GET", "/admin/v1/journeys/cart/stats?from=2026-11-20&to=2026-11-20");
    expect(answer).toMatchObject({ status: 503, body: { code: "stats_too_slow" } });
  });
});

test("a person's runs are told with where they stand", async () => {
  const of = async (id: string) =>
    PersonRuns.parse((await admin.call("GET", `/admin/v1/profiles/${id}/journeys`)).body);
  expect((await of("p_live")).items).toMatchObject([
    { journey: "cart", at: "steps.3.wait", outcome: null, arms: { offer: "a" }, trigger: "Product Added" },
  ]);
  expect((await of("p_bought")).items).toMatchObject([{ at: null, until: null, outcome: "goal" }]);
});
