import { describe, expect, test } from "vitest";
import type { Timer } from "#domain/ports/timer-store.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import { anEvent, NOON } from "../../support/people.ts";
import { DAY, EXPIRY, HOUR, MINUTE, openWake } from "./wake-world.ts";

describe("what wake finds unfinished, or cannot finish", () => {
  test("what an earlier writer left in the outbox is published before anything is written over it", async () => {
    const { visit, personOf, wakeAt, ports, told } = openWake();
    await visit("ann");
    const person = await personOf("ann");
    const owed = {
      kind: "membership" as const,
      factId: "f",
      profileId: person.id,
      version: person.version + 1,
      at: NOON,
      key: "tag:old",
      change: "left" as const,
      since: NOON,
      definitionVersion: 1,
      because: [],
    };
    await ports.profiles.save({ ...person, version: person.version + 1, outbox: [owed] });
    await wakeAt(EXPIRY);
    expect(told()).toEqual([`${NOON} left tag:old`, `${EXPIRY} entered tag:silent`]);
    expect((await personOf("ann")).outbox).toEqual([]);
  });

  test("facts that could not be published are owed, and published by a later look", async () => {
    const { visit, personOf, wakeAt, ports, told } = openWake();
    await visit("ann");
    const dead = {
      publish: async (all: readonly { profileId: ProfileId }[]) => new Set(all.map((it) => it.profileId)),
    };
    await wakeAt(EXPIRY, { ...ports, facts: { ...ports.facts, ...dead } });
    expect((await personOf("ann")).outbox).toHaveLength(1);
    await wakeAt(EXPIRY + MINUTE);
    expect(told()).toEqual([`${EXPIRY} entered tag:silent`]);
    expect((await personOf("ann")).outbox).toEqual([]);
    expect(ports.timers.rows().map(({ at }) => at)).toEqual([NOON + 30 * DAY]);
  });

  test("one who cannot be evaluated stops nobody, is tried again, and holds the watermark for an hour at most", async () => {
    const { visit, wakeAt, personOf, tagsOf, ports, counted, failures, watermark } = openWake();
    await visit("ann");
    await visit("bob");
    const poison = (await personOf("ann")).id;
    const timers = {
      ...ports.timers,
      put: async (timer: Timer) => {
        if (timer.id === poison && timer.at === NOON + 30 * DAY) throw new RangeError("a bug of ours");
        return ports.timers.put(timer);
      },
    };
    for (let minute = 0; minute <= 61; minute += 1) await wakeAt(EXPIRY + minute * MINUTE, { ...ports, timers });
    expect(await tagsOf("bob")).toEqual(["tag:silent"]);
    expect(await tagsOf("ann")).toEqual([]);
    expect(failures.length).toBe(counted.get("WakeFailures"));
    expect(failures.length).toBeGreaterThan(1);
    expect(await watermark()).toEqual({ at: EXPIRY + 61 * MINUTE });
    await wakeAt(EXPIRY + 3 * HOUR);
    expect(await tagsOf("ann")).toEqual(["tag:silent"]);
    expect(ports.timers.rows().map(({ at }) => at)).toEqual([NOON + 30 * DAY, NOON + 30 * DAY]);
  });

  test("one who cannot even be read stops nobody", async () => {
    const { visit, wakeAt, personOf, tagsOf, ports, counted } = openWake();
    for (const user of ["ann", "bob", "cid"]) await visit(user);
    const poison = (await personOf("bob")).id;
    const profiles = {
      ...ports.profiles,
      load: async (ids: readonly ProfileId[]) => {
        if (ids.includes(poison)) throw new RangeError("unknown format");
        return ports.profiles.load(ids);
      },
    };
    await wakeAt(EXPIRY, { ...ports, profiles });
    expect([await tagsOf("ann"), await tagsOf("bob"), await tagsOf("cid")]).toEqual([
      ["tag:silent"],
      [],
      ["tag:silent"],
    ]);
    expect(counted.get("WakeFailures")).toBe(1);
    await wakeAt(EXPIRY + MINUTE);
    expect(await tagsOf("bob")).toEqual(["tag:silent"]);
  });

  test("a person in the middle of a merge is helped to its end, and the one whom it became is moved in time", async () => {
    const { visit, personOf, wakeAt, ports, clock, tagsOf, told } = openWake();
    await visit("ann");
    clock.now = NOON + HOUR;
    await visit("bob");
    const [older, younger] = [await personOf("ann"), await personOf("bob")];
    await ports.profiles.save({ ...younger, version: younger.version + 1, mergedInto: older.id });
    clock.now = NOON + 5 * HOUR;
    await visit("ann");
    await wakeAt(EXPIRY + HOUR);
    expect((await personOf("ann")).state.absorbed.has(younger.id)).toBe(true);
    await wakeAt(EXPIRY + 5 * HOUR);
    expect(await tagsOf("ann")).toEqual(["tag:silent"]);
    expect(told()).toEqual([`${EXPIRY + 5 * HOUR} entered tag:silent`]);
    expect(ports.timers.rows().map(({ id }) => id)).toEqual([older.id]);
  });

  test("an un-merge that was left half done is finished, and both people are moved in time", async () => {
    const { fold, personOf, wakeAt, ports, clock } = openWake();
    const [ann, bob] = [
      anEvent("a", { identifiers: [["email", "a@x.cn"]] }),
      anEvent("b", { identifiers: [["anonymousId", "b"]], at: NOON + 1, receivedAt: NOON + 1 }),
    ];
    await fold([ann]);
    clock.now = NOON + 1;
    await fold([bob]);
    clock.now = NOON + 2;
    const link = {
      identifiers: [
        ["email", "a@x.cn"],
        ["anonymousId", "b"],
      ] as [string, string][],
    };
    await fold([anEvent("c", { ...link, at: NOON + 2, receivedAt: NOON + 2 })]);
    const all = ports.profiles.all();
    const loser = all.find(({ mergedInto }) => mergedInto !== undefined);
    const root = all.find(({ mergedInto }) => mergedInto === undefined);
    if (!loser || !root) throw new Error("nobody was merged");
    const split = { loser: loser.id, taken: "p_taken" as ProfileId, kept: "p_kept" as ProfileId };
    await ports.profiles.save({ ...root, version: root.version + 1, split });
    await wakeAt(EXPIRY + HOUR);
    await wakeAt(EXPIRY + HOUR + MINUTE);
    const people = await ports.profiles.load([split.taken, split.kept]);
    expect([...people.values()].map(({ memberships }) => [...memberships.keys()])).toEqual([
      ["tag:silent"],
      ["tag:silent"],
    ]);
    await expect(personOf("ann")).rejects.toThrow("nobody");
  });
});
