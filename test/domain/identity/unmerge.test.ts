import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { recordIntent } from "#domain/identity/merge-people.ts";
import { keyOf } from "#domain/identity/plan-claims.ts";
import { unmerge } from "#domain/identity/split-people.ts";
import { hashMessageId } from "#domain/profile/message-hash.ts";
import type { IdentifierKey, Profile, ProfileId } from "#domain/profile/state.ts";
import type { CollectedEvent, Identifier } from "#events/collected-event.ts";
import { foldBatch } from "#functions/fold/fold-batch.ts";
import { withFaults } from "../../support/failing-ports.ts";
import { makeMemoryFoldPorts } from "../../support/fold-ports.ts";
import { anEvent, NOON } from "../../support/people.ts";
import { seededNumbers } from "../../support/seeded-numbers.ts";

type Ports = ReturnType<typeof makeMemoryFoldPorts>;
const email: Identifier = ["email", "ann@x.cn"];
const visitor: Identifier = ["anonymousId", "a1"];
const device: Identifier = ["deviceId", "d1"];

let created = NOON;
/** Ports whose clock moves on, so that the order of creation is the order of events. */
function openPorts(): Ports {
  return { ...makeMemoryFoldPorts(), now: () => ++created };
}

async function send(ports: Ports, ...events: CollectedEvent[]): Promise<void> {
  for (const event of events) {
    const { tasks } = await foldBatch(ports, [event]);
    expect(tasks.map(({ state, error }) => error ?? state)).toEqual(["folded"]);
  }
}

function living(ports: Ports): Profile[] {
  return ports.profiles.all().filter(({ mergedInto, split }) => mergedInto === undefined && split === undefined);
}

function personOf(ports: Ports, identifier: Identifier): Profile {
  const id = ports.identities.rows.get(keyOf(identifier));
  const person = living(ports).find((each) => each.id === id);
  if (!person) throw new Error(`${keyOf(identifier)} points at no living person`);
  return person;
}

function messagesOf({ state }: Profile, events: readonly CollectedEvent[]): string[] {
  return events.map(({ messageId }) => messageId).filter((id) => state.seen.has(hashMessageId(id)));
}

/** Ann by e-mail and a visitor turn out to be one person, by the link of the third event. */
async function mergedByMistake(ports: Ports) {
  const events = [
    anEvent("m1", { identifiers: [email] }),
    anEvent("m2", { identifiers: [visitor] }),
    anEvent("m3", { identifiers: [email, visitor] }),
    anEvent("m4", { identifiers: [visitor] }),
  ];
  await send(ports, ...events);
  const root = personOf(ports, email);
  const [loser] = root.state.absorbed;
  if (loser === undefined) throw new Error("nobody was absorbed");
  return { events, root, loser };
}

describe("taking a wrong merge apart", () => {
  test("gives each event to whoever held its strongest identifier, under ids that were never used", async () => {
    const ports = openPorts();
    const { events, root, loser } = await mergedByMistake(ports);
    expect(living(ports)).toHaveLength(1);
    await unmerge(ports, root.id, loser);
    const [ann, someone] = [personOf(ports, email), personOf(ports, visitor)];
    expect(messagesOf(ann, events)).toEqual(["m1", "m3"]);
    expect(messagesOf(someone, events)).toEqual(["m2", "m4"]);
    expect([root.id, loser]).not.toContain(ann.id);
    expect([root.id, loser]).not.toContain(someone.id);
    expect(living(ports)).toHaveLength(2);
    const log = await ports.activity.list(someone.id, { limit: 10 });
    expect(log.events.map(({ messageId }) => messageId).toSorted()).toEqual(["m2", "m4"]);
  });

  test("is remembered: the link that had joined them is refused and listed, its event is not lost", async () => {
    const ports = openPorts();
    const { root, loser } = await mergedByMistake(ports);
    await unmerge(ports, root.id, loser);
    const again = anEvent("m5", { identifiers: [email, visitor] });
    await send(ports, again);
    expect(living(ports)).toHaveLength(2);
    expect(messagesOf(personOf(ports, email), [again])).toEqual(["m5"]);
    const { conflicts } = await ports.conflicts.list({ limit: 10 });
    expect(conflicts).toMatchObject([{ reason: "separated", key: "anonymousId:a1", count: 1 }]);
  });

  test("does not stand in the way of another identifier: merge, un-merge, merge again, nothing lost or doubled", async () => {
    const ports = openPorts();
    const { events, root, loser } = await mergedByMistake(ports);
    await unmerge(ports, root.id, loser);
    const later = [
      anEvent("m6", { identifiers: [visitor, device].toReversed() as Identifier[] }),
      anEvent("m7", { identifiers: [email, device] }),
    ];
    await send(ports, ...later);
    expect(living(ports)).toHaveLength(1);
    await send(ports, ...events, ...later);
    const [one] = living(ports);
    expect(one && messagesOf(one, [...events, ...later])).toHaveLength(6);
    expect(one && [...one.state.features.values()].map((buckets) => buckets.get(0))).toEqual([6]);
  });

  test("two wrong merges of one person are taken apart one after the other", async () => {
    const ports = openPorts();
    const { events, root, loser } = await mergedByMistake(ports);
    const more = [
      anEvent("d1", { identifiers: [device] }),
      anEvent("d2", { identifiers: [email, device] }),
      anEvent("d3", { identifiers: [device] }),
    ];
    await send(ports, ...more);
    const split = await unmerge(ports, root.id, loser);
    const kept = personOf(ports, email);
    expect(kept.id).toBe(split?.kept);
    const [second] = kept.state.absorbed;
    if (second === undefined) throw new Error("the other merge was forgotten");
    await unmerge(ports, kept.id, second);
    const all = [...events, ...more];
    expect(messagesOf(personOf(ports, email), all)).toEqual(["m1", "m3", "d2"]);
    expect(messagesOf(personOf(ports, visitor), all)).toEqual(["m2", "m4"]);
    expect(messagesOf(personOf(ports, device), all)).toEqual(["d1", "d3"]);
    expect(living(ports)).toHaveLength(3);
  });

  test("while another person is about to absorb it, leaves nothing there to absorb", async () => {
    const ports = openPorts();
    const older = anEvent("w1", { identifiers: [device] });
    await send(ports, older);
    const { events, root, loser } = await mergedByMistake(ports);
    // A worker recorded the intent to merge, and the un-merge came before it froze the loser.
    expect(await recordIntent(ports, personOf(ports, device), root)).toBe("saved");
    await unmerge(ports, root.id, loser);
    const later = anEvent("w2", { identifiers: [device] });
    await send(ports, later, ...events);
    const all = [older, later, ...events];
    const counted = living(ports).flatMap((person) => messagesOf(person, all));
    expect(counted.toSorted()).toEqual(all.map(({ messageId }) => messageId).toSorted());
    expect(personOf(ports, device).intent).toBeUndefined();
    expect(living(ports)).toHaveLength(3);
  });

  test("an event that the log holds twice counts once, however long ago it was", async () => {
    const ports = openPorts();
    const { root, loser } = await mergedByMistake(ports);
    const old = anEvent("m1", { identifiers: [email], receivedAt: NOON - 30 * 86_400_000 });
    const recent = anEvent("m9", { identifiers: [email] });
    await ports.activity.append(root.id, [old, recent], 400);
    await ports.activity.append(loser, [old], 400);
    await unmerge(ports, root.id, loser);
    const { features } = personOf(ports, email).state;
    // m1, m3 and m9
    expect([...features.values()].map((buckets) => buckets.get(0))).toEqual([3]);
  });

  test("what is redelivered afterwards changes nothing", async () => {
    const ports = openPorts();
    const { events, root, loser } = await mergedByMistake(ports);
    await unmerge(ports, root.id, loser);
    const before = living(ports).map(({ id, version }) => [id, version]);
    await send(ports, ...events);
    expect(living(ports).map(({ id, version }) => [id, version])).toEqual(before);
  });

  test("is refused for people who were not merged, and where the behaviour log no longer reaches back", async () => {
    const ports = openPorts();
    const { root, loser } = await mergedByMistake(ports);
    await expect(unmerge(ports, root.id, "p_nobody" as ProfileId)).rejects.toMatchObject({ code: "not_merged" });
    const muchLater = { ...ports, now: () => NOON + 500 * 86_400_000 };
    await expect(unmerge(muchLater, root.id, loser)).rejects.toMatchObject({ code: "events_not_retained" });
    expect(living(ports)).toHaveLength(1);
  });

  test("a worker that dies anywhere in it is helped by the next event; every event counts once", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.array(fc.constantFrom(email, visitor), { maxLength: 4 }),
        async (seed, more) => {
          const ports = openPorts();
          const { events, root, loser } = await mergedByMistake(ports);
          const next = seededNumbers(seed);
          const rate = () => 0.15;
          const faulty = {
            ...ports,
            profiles: withFaults(ports.profiles, next, rate),
            identities: withFaults(ports.identities, next, rate),
            activity: withFaults(ports.activity, next, rate),
            facts: withFaults(ports.facts, next, rate),
          };
          const later = more.map((identifier, n) => anEvent(`later-${n}`, { identifiers: [identifier] }));
          await Promise.allSettled([unmerge(faulty, root.id, loser), foldBatch(faulty, later)]);
          await Promise.allSettled([unmerge(faulty, root.id, loser)]);
          await send(ports, ...events, ...later);
          const people = living(ports);
          const all = [...events, ...later];
          const counted = people.flatMap((person) => messagesOf(person, all));
          expect(counted.toSorted()).toEqual(all.map(({ messageId }) => messageId).toSorted());
          for (const [key, id] of ports.identities.rows) {
            const holder = people.find((person) => person.id === id);
            expect(holder?.state.identifiers.has(key as IdentifierKey)).toBe(true);
          }
          for (const person of people) expect(person.outbox).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  });
});
