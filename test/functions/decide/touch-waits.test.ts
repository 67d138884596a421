import { describe, expect, test } from "vitest";
import type { SendPorts } from "#domain/sending/send-ports.ts";
import { waitUntil } from "#domain/sending/wait-until.ts";
import type { Touch } from "#domain/touches/touch.ts";
import { claim, stop } from "#domain/touches/touch-moves.ts";
import { wake } from "#functions/wake/wake.ts";
import { openJourneyWorld } from "../../support/journey-ports.ts";
import { aTouch } from "../../support/send-world.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A touch whose sender puts it off until `until`, and stands still between the timer and the state that relies on it. */
async function openStandingSender() {
  const world = openJourneyWorld();
  const { ports, journeys, clock, queues } = world;
  await journeys.touches.save({ touch: aTouch("t-1", "ann"), revision: 1 });
  const until = clock.now + 5 * MINUTE;
  const standing = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const slow: Pick<SendPorts, "touches" | "timers" | "now"> = {
    timers: ports.timers,
    now: ports.now,
    touches: {
      ...journeys.touches,
      save: async (stored) => {
        reached.resolve();
        await standing.promise;
        return journeys.touches.save(stored);
      },
    },
  };
  const stored = await journeys.touches.find("t-1");
  if (!stored) throw new Error("no touch");
  const turn = waitUntil(slow, stored, { until, reason: "quiet_hours" });
  await reached.promise;
  return {
    ...world,
    until,
    goOn: async () => {
      standing.resolve();
      return turn;
    },
    replace: (touch: Touch) => journeys.touches.save({ touch, revision: 2 }),
    sent: () => queues.get("email")?.sent,
    rows: () => ports.timers.rows().filter(({ kind }) => kind === "wait"),
  };
}

describe("a touch that is put off by a sender who stands still meanwhile", () => {
  test("is found again once the sender has written that it waits", async () => {
    const { ports, clock, until, goOn, sent, rows } = await openStandingSender();
    clock.now = until + MINUTE;
    await wake(ports);
    expect(rows()).toHaveLength(1);
    await goOn();
    clock.now += MINUTE;
    await wake(ports);
    expect(sent()).toEqual([{ touchId: "t-1" }]);
    expect(rows()).toEqual([]);
  });

  test("leaves a row that goes once no sender can still be alive", async () => {
    const { ports, clock, until, sent, rows } = await openStandingSender();
    clock.now = until + MINUTE;
    await wake(ports);
    clock.now += HOUR;
    await wake(ports);
    expect(rows()).toEqual([]);
    expect(sent()).toEqual([]);
  });

  test.each([
    ["another sender has claimed", claim(aTouch("t-1", "ann"), { owner: "o", provider: "p", now: 0, leaseMs: 1 })],
    ["another sender has stopped", stop(aTouch("t-1", "ann"), "no_consent", 0)],
  ])("leaves a row that goes at once where %s it", async (_, meanwhile) => {
    const { ports, clock, until, goOn, replace, sent, rows } = await openStandingSender();
    await replace(meanwhile);
    expect(await goOn()).toMatchObject({ kind: "later", reason: "raced" });
    clock.now = until + MINUTE;
    await wake(ports);
    expect(rows()).toEqual([]);
    expect(sent()).toEqual([]);
  });
});
