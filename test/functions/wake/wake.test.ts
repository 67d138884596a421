import { describe, expect, test } from "vitest";
import type { Timer } from "#domain/ports/timer-store.ts";
import { foldEvents } from "#domain/profile/fold.ts";
import type { Profile, ProfileId } from "#domain/profile/state.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import type { Definition } from "#events/definitions/index.ts";
import { foldBatch } from "#functions/fold/fold-batch.ts";
import { wake } from "#functions/wake/wake.ts";
import { workShard } from "#functions/wake/work-shard.ts";
import { aBundle } from "../../support/fold-ports.ts";
import { anEvent, aPerson, NOON } from "../../support/people.ts";
import { makeMemoryWakePorts } from "../../support/wake-ports.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const silent: Definition = { kind: "tag", name: "silent", rule: { inactive: { for: "7d" } } };
const gone: Definition = { kind: "tag", name: "gone", rule: { inactive: { for: "30d" } } };
const EXPIRY = NOON + 7 * DAY;

function openWake() {
  const bundle = aBundle(silent, gone);
  const world = makeMemoryWakePorts(bundle);
  const { ports, clock } = world;
  let seen = 0;

  async function fold(events: readonly CollectedEvent[]): Promise<void> {
    const { tasks } = await foldBatch(ports, events);
    expect(tasks.filter(({ state }) => state !== "folded")).toEqual([]);
  }

  /** A visit of this user now. */
  const visit = (userId: string, at = clock.now) =>
    fold([anEvent(`m${++seen}`, { identifiers: [["userId", userId]], at, receivedAt: at })]);

  /** A minute goes by and wake looks, with the clock at `at`. */
  async function wakeAt(at: number, on = ports): Promise<void> {
    clock.now = at;
    await wake({ ...on, now: () => clock.now });
  }

  async function personOf(userId: string): Promise<Profile> {
    const id = ports.identities.rows.get(`userId:${userId}` as never);
    const person = id && (await ports.profiles.load([id])).get(id);
    if (!person) throw new Error(`nobody is ${userId}`);
    return person;
  }
  const tagsOf = async (userId: string) => [...(await personOf(userId)).memberships.keys()];
  const told = () =>
    ports.facts.published.flatMap((fact) =>
      fact.kind === "membership" ? [`${fact.since} ${fact.change} ${fact.key}`] : [],
    );
  const watermark = async () => (await ports.work.find("wake", "watermark"))?.body;
  return { ...world, fold, visit, wakeAt, personOf, tagsOf, told, watermark };
}

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
