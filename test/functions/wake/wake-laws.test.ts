import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Rule } from "#events/rule.ts";
import { foldBatch } from "#functions/fold/fold-batch.ts";
import { wake } from "#functions/wake/wake.ts";
import { aBundle } from "../../support/fold-ports.ts";
import { anEvent, NOON } from "../../support/people.ts";
import { makeMemoryWakePorts } from "../../support/wake-ports.ts";
import { arbitraryStory, openWorld, truthOf } from "./time-world.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
const RUNS = { numRuns: 500 };

type World = ReturnType<typeof openWorld>;

/** Everyone who relies on a timer has its row. */
function expectTimers({ people, rows }: World): void {
  const there = new Set(rows());
  for (const { id, timerAt, reviewAt } of people()) {
    if (timerAt !== undefined) expect(there).toContain(`${id} ${timerAt}`);
    else expect(reviewAt).toBe(Infinity);
  }
}

describe("the laws of the time path (model.md §5)", () => {
  test("after every look the memberships of everyone are those of a brute-force evaluation at that instant", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryStory, async (story) => {
        const world = openWorld(story);
        await world.play(() => {
          for (const person of world.people()) {
            expect(world.membershipsOf(person)).toEqual(truthOf(story, person.id, world.clock.now));
            expect(person.timerAt ?? Infinity).toBeGreaterThan(world.clock.now);
          }
          expectTimers(world);
        });
      }),
      RUNS,
    );
  });

  test("wake reads no more people than answers change and timers are moved", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryStory, async (story) => {
        const world = openWorld(story);
        const { counted, reads, clock, look, people } = world;
        await world.play();
        reads.length = 0;
        const sum = () => (counted.get("AnswersChanged") ?? 0) + (counted.get("TimersMoved") ?? 0);
        const before = sum();
        for (const at of [1, 2, 3, 10, 30].map((days) => days * DAY)) {
          clock.now += at;
          await look();
        }
        expect(reads.length).toBeLessThanOrEqual(sum() - before);
        expect(new Set(world.rows()).size).toBe(people().filter(({ timerAt }) => timerAt !== undefined).length);
      }),
      RUNS,
    );
  });

  test("crashes, lost answers and lost races change nothing in the result", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryStory, fc.constantFrom(0.02, 0.1, 0.25), async (story, rate) => {
        const [world, undisturbed] = [openWorld(story, rate), openWorld(story)];
        await world.play();
        await undisturbed.play();
        const end = undisturbed.clock.now;
        world.calm();
        for (const each of [world, undisturbed]) {
          // An hour later nobody awaits the dead any more.
          for (const at of [end + MINUTE, end + 62 * MINUTE]) {
            each.clock.now = at;
            await each.look();
          }
        }
        expect(summaryOf(world)).toEqual(summaryOf(undisturbed));
        expectTimers(world);
        for (const person of world.people()) {
          expect(world.membershipsOf(person)).toEqual(truthOf(story, person.id, world.clock.now, end));
          for (const { until } of person.memberships.values()) expect(until).toBeGreaterThan(world.clock.now);
          expect(person.outbox).toEqual([]);
        }
        expect(world.ports.timers.rows().filter(({ at }) => at <= world.clock.now)).toEqual([]);
      }),
      RUNS,
    );
  });
});

/** Who is in what since when, the history of tiers, and what others were told. Not until when: that is the first instant
 *  at which the answer can differ, as seen from the last evaluation, and of composed rules a later one sees further. */
function summaryOf({ people, ports }: World) {
  const told = ports.facts.published.flatMap((fact) =>
    fact.kind === "membership" ? [`${fact.profileId} ${fact.since} ${fact.change} ${fact.key}`] : [],
  );
  return {
    people: people()
      .map(({ id, memberships, tierHistory }) => ({
        id,
        memberships: new Map(Array.from(memberships, ([key, { until: _, ...membership }]) => [key, membership])),
        tierHistory,
      }))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    told: [...new Set(told)].toSorted(),
  };
}

describe("a timer that is found early", () => {
  const windows = fc.constantFrom<[number, Rule]>(
    [7, { inactive: { for: "7d" } }],
    [3, { did: { event: "Product Viewed", within: "3d" } }],
    [5, { not: { activeDays: { within: "5d", atLeast: 1 } } }],
  );
  const hours = fc.array(fc.integer({ min: 0, max: 60 * 24 }), { minLength: 1, maxLength: 40 });

  test("is moved at most twice within its window, however often the person comes", async () => {
    await fc.assert(
      fc.asyncProperty(windows, hours, async ([days, rule], visits) => {
        const { ports, clock, counted } = makeMemoryWakePorts(aBundle({ kind: "tag", name: "it", rule }));
        const instants = visits.map((hour) => NOON + hour * 3_600_000).toSorted((a, b) => a - b);
        const moved: number[] = [];
        const counts = () => [counted.get("TimersMoved") ?? 0, counted.get("AnswersChanged") ?? 0] as const;
        for (const [n, at] of [...instants, NOON + 100 * DAY].entries()) {
          for (let [timer] = ports.timers.rows(); timer && timer.at <= at; [timer] = ports.timers.rows()) {
            clock.now = timer.at;
            const [moves, changes] = counts();
            await wake(ports);
            if (counts()[0] > moves && counts()[1] === changes) moved.push(timer.at);
          }
          clock.now = at;
          await foldBatch(ports, [anEvent(`m${n}`, { at, receivedAt: at })]);
        }
        for (const [n, at] of moved.entries()) {
          expect(moved[n + 2] ?? Infinity).toBeGreaterThanOrEqual(at + days * DAY);
        }
      }),
      RUNS,
    );
  });
});
