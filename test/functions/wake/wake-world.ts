import { expect } from "vitest";
import type { Profile } from "#domain/profile/state.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import type { Definition } from "#events/definitions/index.ts";
import { foldBatch } from "#functions/fold/fold-batch.ts";
import { wake } from "#functions/wake/wake.ts";
import { aBundle } from "../../support/fold-ports.ts";
import { anEvent, NOON } from "../../support/people.ts";
import { makeMemoryWakePorts } from "../../support/wake-ports.ts";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
const silent: Definition = { kind: "tag", name: "silent", rule: { inactive: { for: "7d" } } };
const gone: Definition = { kind: "tag", name: "gone", rule: { inactive: { for: "30d" } } };
/** When those who came at noon have been silent for long enough. */
export const EXPIRY = NOON + 7 * DAY;

/** People in memory whose answers expire, and `wake`, which looks when the test says. */
export function openWake() {
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
