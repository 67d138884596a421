import { expect, test } from "vitest";
import { nextVersion } from "#domain/profile/apply-memberships.ts";
import { foldEvents } from "#domain/profile/fold.ts";
import { saveProfile } from "#domain/profile/save-profile.ts";
import type { Profile, ProfileId } from "#domain/profile/state.ts";
import type { Definition } from "#events/definitions/index.ts";
import { aBundle } from "../../support/fold-ports.ts";
import { makeMemoryProfileStore } from "../../support/memory-profile-store.ts";
import { makeMemoryTimerStore } from "../../support/memory-timer-store.ts";
import { anEvent, aPerson, NOON } from "../../support/people.ts";

const DAY = 86_400_000;
const silent: Definition = { kind: "tag", name: "silent", rule: { inactive: { for: "7d" } } };
const bundle = aBundle(silent);

/** Someone stored, seen at this instant. */
function openStore(now = NOON) {
  const clock = { now };
  const ports = { profiles: makeMemoryProfileStore(), timers: makeMemoryTimerStore(), now: () => clock.now };
  const due = () => ports.timers.rows().map(({ at, version }) => ({ at, version }));
  const load = async () => (await ports.profiles.load(["p_ann" as ProfileId])).get("p_ann" as ProfileId);
  return { ports, clock, due, load };
}

function seen(before: Profile, at: number): Profile {
  const { state } = foldEvents(before.state, [anEvent(`m-${at}`, { at, receivedAt: at })], bundle.features);
  return nextVersion({ ...before, outbox: [] }, { state }, at, bundle);
}

test("the timer of an answer that expires is written with the version that relies on it, before that version", async () => {
  const { ports, due, load } = openStore();
  const newcomer = aPerson("ann", { version: 0 });
  const first = seen(newcomer, NOON);
  expect(first).toMatchObject({ reviewAt: NOON + 7 * DAY, timerAt: NOON + 7 * DAY });
  const profiles = {
    ...ports.profiles,
    save: async () => Promise.reject(new Error("died before the state")),
  };
  await expect(saveProfile({ ...ports, profiles }, newcomer, first)).rejects.toThrow("died");
  expect(due()).toEqual([{ at: NOON + 7 * DAY, version: 1 }]);
  expect(await saveProfile(ports, newcomer, first)).toBe("saved");
  expect(await load()).toMatchObject({ version: 1, timerAt: NOON + 7 * DAY });
});

test("an answer that expires later than it did leaves the timer where it is", async () => {
  const { ports, due } = openStore();
  const newcomer = aPerson("ann", { version: 0 });
  const first = seen(newcomer, NOON);
  await saveProfile(ports, newcomer, first);
  const second = seen(first, NOON + DAY);
  expect(second).toMatchObject({ reviewAt: NOON + 8 * DAY, timerAt: NOON + 7 * DAY });
  await saveProfile(ports, first, second);
  expect(due()).toEqual([{ at: NOON + 7 * DAY, version: 1 }]);
});

test("an answer that expires earlier brings a timer of its own, in the place of the one before", async () => {
  const { ports, due } = openStore();
  const before = aPerson("ann", { timerAt: NOON + 9 * DAY });
  await ports.profiles.save(before);
  await ports.timers.put({ kind: "review", id: "p_ann", at: NOON + 9 * DAY, version: 1, writtenAt: NOON });
  const next = seen(before, NOON);
  expect(await saveProfile(ports, before, next)).toBe("saved");
  expect(due()).toEqual([{ at: NOON + 7 * DAY, version: 2 }]);
});

test("where another writer is faster, its timer stays and the loser's row is the only one too many", async () => {
  const { ports, due, load } = openStore();
  const before = aPerson("ann", { timerAt: NOON + 9 * DAY });
  await ports.profiles.save(before);
  await ports.timers.put({ kind: "review", id: "p_ann", at: NOON + 9 * DAY, version: 1, writtenAt: NOON });
  await ports.profiles.save({ ...before, version: 2 });
  expect(await saveProfile(ports, before, seen(before, NOON))).toBe("conflict");
  expect(due().map(({ at }) => at)).toEqual([NOON + 7 * DAY, NOON + 9 * DAY]);
  expect(await load()).toMatchObject({ timerAt: NOON + 9 * DAY });
});

test("what expires within this minute is seen to in the next", () => {
  const soon = aPerson("ann", { version: 0 });
  const next = nextVersion(soon, {}, NOON + 7 * DAY - 1, aBundle(silent));
  expect(next.timerAt).toBeUndefined();
  const last = foldEvents(soon.state, [anEvent("m", { at: NOON })], bundle.features).state;
  const due = nextVersion(soon, { state: last }, NOON + 7 * DAY - 1_000, bundle);
  expect(due).toMatchObject({ reviewAt: NOON + 7 * DAY, timerAt: NOON + 7 * DAY });
  const within = nextVersion(soon, { state: { ...last, lastSeen: NOON - 59_000 } }, NOON + 7 * DAY - 59_500, bundle);
  expect(within).toMatchObject({ reviewAt: NOON + 7 * DAY - 59_000, timerAt: NOON + 7 * DAY });
});

test("a row that lands long after its instant is written again for a minute that is still to come", async () => {
  const { ports, clock, due, load } = openStore();
  const newcomer = aPerson("ann", { version: 0 });
  const next = seen(newcomer, NOON);
  clock.now = NOON + 7 * DAY + 25 * 60_000;
  expect(await saveProfile(ports, newcomer, next)).toBe("saved");
  const again = clock.now + 60_000;
  expect(due().map(({ at }) => at)).toEqual([NOON + 7 * DAY, again]);
  expect(await load()).toMatchObject({ timerAt: again, reviewAt: NOON + 7 * DAY });
});
