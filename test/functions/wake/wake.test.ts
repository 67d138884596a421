import { describe, expect, test } from "vitest";
import type { Timer } from "#domain/ports/timer-store.ts";
import { aPerson, NOON } from "../../support/people.ts";
import { DAY, EXPIRY, HOUR, MINUTE, openWake } from "./wake-world.ts";

describe("wake", () => {
  test("moves a person when an answer expires, as of the very instant, with nobody doing anything", async () => {
    const { visit, wakeAt, tagsOf, told, ports, personOf } = openWake();
    await visit("ann");
    await wakeAt(EXPIRY - MINUTE);
    expect(await tagsOf("ann")).toEqual([]);
    await wakeAt(EXPIRY + MINUTE);
    expect(await tagsOf("ann")).toEqual(["tag:silent"]);
    expect(told()).toEqual([`${EXPIRY} entered tag:silent`]);
    const { timerAt, outbox } = await personOf("ann");
    expect(outbox).toEqual([]);
    expect(timerAt).toBe(NOON + 30 * DAY);
    expect(ports.timers.rows().map(({ at }) => at)).toEqual([timerAt]);
    await wakeAt(NOON + 30 * DAY);
    expect(told().at(-1)).toBe(`${NOON + 30 * DAY} entered tag:gone`);
    expect(ports.timers.rows()).toEqual([]);
    expect((await personOf("ann")).timerAt).toBeUndefined();
  });

  test("moves a timer that it finds early, and tells nobody", async () => {
    const { visit, wakeAt, clock, told, ports, counted } = openWake();
    await visit("ann");
    clock.now = NOON + 3 * DAY;
    await visit("ann");
    await wakeAt(EXPIRY);
    expect(told()).toEqual([]);
    expect(ports.timers.rows().map(({ at }) => at)).toEqual([NOON + 10 * DAY]);
    expect(Object.fromEntries(counted)).toMatchObject({ PeopleWoken: 1, TimersMoved: 1, AnswersChanged: 0 });
    await wakeAt(NOON + 10 * DAY);
    expect(told()).toEqual([`${NOON + 10 * DAY} entered tag:silent`]);
  });

  test("catches everyone up after an outage of 40 days, each as of the instant of the expiry", async () => {
    const { visit, wakeAt, clock, told, watermark, ports } = openWake();
    await wakeAt(NOON);
    for (const [n, user] of ["ann", "bob", "cid"].entries()) {
      clock.now = NOON + n * DAY;
      await visit(user);
    }
    await wakeAt(NOON + 3 * DAY);
    await wakeAt(NOON + 43 * DAY);
    for (const n of [0, 1, 2]) {
      expect(told()).toContain(`${NOON + (7 + n) * DAY} entered tag:silent`);
      expect(told()).toContain(`${NOON + (30 + n) * DAY} entered tag:gone`);
    }
    expect(ports.timers.rows()).toEqual([]);
    expect(await watermark()).toEqual({ at: NOON + 43 * DAY });
  });

  test("the watermark waits for a row whose state may still come, and goes on when an hour has passed", async () => {
    const { wakeAt, ports, watermark, counted } = openWake();
    const person = aPerson("ann");
    await ports.profiles.save(person);
    const row: Timer = { kind: "review", id: person.id, at: NOON, version: 2, writtenAt: NOON - MINUTE };
    await ports.timers.put(row);
    await wakeAt(NOON + 30 * MINUTE);
    expect(ports.timers.rows()).toEqual([row]);
    expect(await watermark()).toEqual({ at: NOON });
    expect(counted.get("WakeLagSeconds")).toBe(1800);
    await wakeAt(NOON + HOUR);
    expect(ports.timers.rows()).toEqual([]);
    expect(counted.get("StrayTimers")).toBe(1);
    expect(await watermark()).toEqual({ at: NOON + HOUR });
  });

  test("a row of somebody who never came to be is removed after an hour too", async () => {
    const { wakeAt, ports } = openWake();
    await ports.timers.put({ kind: "review", id: "p_nobody", at: NOON, version: 1, writtenAt: NOON });
    await wakeAt(NOON + HOUR);
    expect(ports.timers.rows()).toHaveLength(1);
    await wakeAt(NOON + HOUR + 1);
    expect(ports.timers.rows()).toEqual([]);
  });

  test("a row that the person does not rely on is just removed", async () => {
    const { visit, personOf, wakeAt, ports, counted } = openWake();
    await visit("ann");
    const person = await personOf("ann");
    await ports.timers.put({ kind: "review", id: person.id, at: NOON + DAY, version: 1, writtenAt: NOON });
    await wakeAt(NOON + DAY);
    expect(await personOf("ann")).toEqual(person);
    expect(ports.timers.rows().map(({ at }) => at)).toEqual([EXPIRY]);
    expect(counted.get("StrayTimers")).toBe(1);
  });

  test("a row that could not be removed holds the watermark, however late wake was, and goes with the next look", async () => {
    const { visit, wakeAt, ports, tagsOf, told, watermark } = openWake();
    await visit("ann");
    await wakeAt(NOON + DAY);
    const remove = () => Promise.reject(new Error("the connection was reset"));
    await wakeAt(EXPIRY + DAY, { ...ports, timers: { ...ports.timers, remove } });
    expect(await tagsOf("ann")).toEqual(["tag:silent"]);
    expect(await watermark()).toEqual({ at: EXPIRY });
    await wakeAt(EXPIRY + DAY + MINUTE);
    expect(ports.timers.rows().map(({ at }) => at)).toEqual([NOON + 30 * DAY]);
    expect(told()).toEqual([`${EXPIRY} entered tag:silent`]);
    expect(await watermark()).toEqual({ at: EXPIRY + DAY + MINUTE });
  });
});
