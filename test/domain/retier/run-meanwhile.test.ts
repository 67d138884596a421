import { describe, expect, test } from "vitest";
import { evaluateMemberships } from "#domain/memberships/evaluate-memberships.ts";
import { startRun } from "#domain/retier/start-run.ts";
import { workSlice } from "#domain/retier/work-slice.ts";
import { anEvent } from "../../support/people.ts";
import { loyal, openViewers, request, seen, take } from "./viewers.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

describe("people while a run goes on", () => {
  test("who come, act or are merged meanwhile end as everyone does", async () => {
    const world = await openViewers(30);
    const { ports } = world;
    await world.define(loyal);
    const { runId } = await startRun(ports, request);
    for (let n = 0; ports.queue.sent.length > 0; n++) {
      await workSlice(ports, take(ports.queue), { owner: `w-${n}`, remainingMs: () => Infinity });
      if (n < 20) await world.fold([seen(`u-${n}`, 1), seen(`new-${n}`)]);
      if (n % 4 === 0 && n < 20) {
        await world.fold([
          anEvent(`link-${n}`, {
            event: "Linked",
            identifiers: [
              ["email", `e-${n}@x.cn`],
              ["anonymousId", `a-${n}`],
            ],
          }),
          anEvent(`more-${n}`, {
            event: "Linked",
            identifiers: [
              ["userId", `u-${n}`],
              ["email", `e-${n}@x.cn`],
            ],
          }),
        ]);
      }
      await world.index();
    }
    expect((await world.runOf(runId)).status).toBe("done");
    world.advance(1);
    expect((await world.run()).figures).toMatchObject({ seen: 50, changed: 0, repaired: 0 });
    const bundle = await ports.definitions.get();
    for (const person of ports.profiles.all().filter(({ mergedInto }) => mergedInto === undefined)) {
      const { memberships } = evaluateMemberships({ ...person, memberships: new Map() }, world.clock.now, bundle);
      expect([...person.memberships.keys()].toSorted()).toEqual([...memberships.keys()].toSorted());
    }
  });

  test("a review timer that was lost is armed again, and no other person is written", async () => {
    const world = await openViewers(5);
    const { ports } = world;
    await world.run();
    const [ann] = ports.profiles.all();
    if (ann?.timerAt === undefined) throw new Error("no timer");
    world.clock.now = ann.timerAt + 2 * 60 * MINUTE_MS;
    for (const { id, timerAt = 0, version } of ports.profiles.all()) {
      await ports.timers.remove({ kind: "review", id, at: timerAt }, version);
    }
    // They left when the window passed them by; nobody was there to see it.
    expect((await world.run()).figures).toMatchObject({ changed: 5, facts: 5 });
    await world.fold([
      anEvent("again", {
        identifiers: [["userId", "u-0"]],
        at: world.clock.now,
        receivedAt: world.clock.now,
        day: Math.floor(world.clock.now / DAY_MS),
      }),
    ]);
    const back = ports.profiles.all().find(({ memberships }) => memberships.size > 0);
    expect(ports.timers.rows().map(({ id, at }) => [id, at])).toEqual([[back?.id, back?.timerAt]]);
  });
});
