import { expect, test } from "vitest";
import type { Timer } from "#domain/ports/timer-store.ts";
import type { Profile } from "#domain/profile/state.ts";
import type { Definition } from "#events/definitions/index.ts";
import { foldBatch } from "#functions/fold/fold-batch.ts";
import { wake } from "#functions/wake/wake.ts";
import { aBundle } from "../../support/fold-ports.ts";
import { anEvent, NOON } from "../../support/people.ts";
import { makeMemoryWakePorts } from "../../support/wake-ports.ts";

const MINUTE = 60_000;
/** Falls due five minutes after the visit. */
const soon: Definition = { kind: "tag", name: "soon", rule: { inactive: { for: "1h" } } };
const VISIT = NOON - 55 * MINUTE;
const EXPIRY = NOON + 5 * MINUTE;

/** A fold that stands still for 25 minutes, in which wake looks every minute, before or after one of its calls. */
async function foldStalled(stall: { before: "put" | "save" } | { after: "put" }) {
  const { ports, clock } = makeMemoryWakePorts(aBundle(soon));
  const look = async (minutes: number) => {
    for (let n = 0; n < minutes; n++) {
      clock.now += MINUTE;
      await wake(ports);
    }
  };
  await wake(ports);
  const timers = {
    ...ports.timers,
    put: async (timer: Timer) => {
      if ("before" in stall && stall.before === "put") await look(25);
      await ports.timers.put(timer);
      if ("after" in stall) await look(25);
    },
  };
  const profiles = {
    ...ports.profiles,
    save: async (profile: Profile) => {
      if ("before" in stall && stall.before === "save" && profile.timerAt !== undefined) await look(25);
      return ports.profiles.save(profile);
    },
  };
  const visit = anEvent("m", { at: VISIT, receivedAt: VISIT });
  const { tasks } = await foldBatch({ ...ports, timers, profiles }, [visit]);
  expect(tasks.map(({ state }) => state)).toEqual(["folded"]);
  return { ports, look };
}

test.each([
  ["between reading its clock and writing the timer's row", { before: "put" }],
  ["after writing the row", { after: "put" }],
  ["between the row and the state", { before: "save" }],
] as const)("a writer that stands still for 25 minutes %s loses no review", async (_, stall) => {
  const { ports, look } = await foldStalled(stall);
  await look(2);
  const facts = ports.facts.published.map((fact) => fact.kind === "membership" && [fact.change, fact.key, fact.since]);
  expect(facts).toEqual([["entered", "tag:soon", EXPIRY]]);
  expect(ports.profiles.all().flatMap(({ memberships }) => [...memberships.keys()])).toEqual(["tag:soon"]);
  await look(62);
  expect(ports.timers.rows()).toEqual([]);
});
