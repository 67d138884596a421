import { describe, expect, test } from "vitest";
import { foldEvents } from "#domain/profile/fold.ts";
import { workShard } from "#functions/wake/work-shard.ts";
import { anEvent, aPerson, NOON } from "../../support/people.ts";
import { EXPIRY, MINUTE, openWake } from "./wake-world.ts";

/** People who all fall silent at the same instant. */
async function crowd(count: number) {
  const world = openWake();
  const { ports, bundle } = world;
  const { state } = foldEvents(aPerson("any").state, [anEvent("m", { at: NOON, receivedAt: NOON })], bundle.features);
  for (let n = 0; n < count; n++) {
    const person = aPerson(`n${n}`, { state, bundleVersion: 1, reviewAt: EXPIRY, timerAt: EXPIRY });
    await ports.timers.put({ kind: "review", id: person.id, at: EXPIRY, version: 1, writtenAt: NOON });
    await ports.profiles.save(person);
  }
  return world;
}

describe("many who fall due together", () => {
  test("are shared out over the queue by shards, and a message that comes twice does nothing twice", async () => {
    const { ports, wakeAt, told, watermark } = await crowd(10_000);
    await wakeAt(EXPIRY);
    const messages = ports.due.take();
    expect(messages).toHaveLength(64);
    expect(told()).toEqual([]);
    expect(await watermark()).toEqual({ at: EXPIRY });
    for (const [n, message] of messages.entries()) {
      await Promise.all([workShard(ports, message, `a${n}`), workShard(ports, message, `b${n}`)]);
    }
    const writes = ports.profiles.writes();
    for (const message of messages) await workShard(ports, message, "again");
    expect(ports.profiles.writes()).toBe(writes);
    expect(told()).toHaveLength(10_000);
    expect(new Set(ports.facts.published.map((fact) => fact.factId)).size).toBe(10_000);
    expect(new Set(told())).toEqual(new Set([`${EXPIRY} entered tag:silent`]));
    await wakeAt(EXPIRY + MINUTE);
    expect(ports.due.take()).toEqual([]);
    expect(await watermark()).toEqual({ at: EXPIRY + MINUTE });
  });

  test("a shard that another works on is left to it", async () => {
    const { ports, wakeAt, told } = await crowd(300);
    await wakeAt(EXPIRY);
    const [message] = ports.due.take();
    if (!message) throw new Error("no message");
    const slice = `shard#${String(message.shard).padStart(2, "0")}`;
    const body = { lease: { owner: "other", until: EXPIRY + MINUTE } };
    await ports.work.save({ job: "wake", slice, revision: 1, body });
    await workShard(ports, message, "me");
    expect(told()).toEqual([]);
  });

  test("who is left when a worker dies is shared out again by the next look", async () => {
    const { ports, clock, wakeAt, told } = await crowd(2_000);
    await wakeAt(EXPIRY);
    const dying = ports.due.take().map(async (message, n) => {
      const save = n % 2 === 0 ? ports.profiles.save : async () => Promise.reject(new Error("died"));
      await workShard({ ...ports, profiles: { ...ports.profiles, save } }, message, `w${n}`);
    });
    await Promise.allSettled(dying);
    expect(told().length).toBeLessThan(2_000);
    await wakeAt(EXPIRY + 3 * MINUTE);
    for (const message of ports.due.take()) await workShard(ports, message, "later");
    clock.now += MINUTE;
    await wakeAt(clock.now);
    expect(told()).toHaveLength(2_000);
  });
});
