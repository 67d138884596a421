import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluateMemberships } from "#domain/memberships/evaluate-memberships.ts";
import { nextVersion } from "#domain/profile/apply-memberships.ts";
import { publishOutbox } from "#domain/profile/commit-profile.ts";
import { saveProfile } from "#domain/profile/save-profile.ts";
import type { RetierPorts } from "#domain/retier/ports.ts";
import { startRun } from "#domain/retier/start-run.ts";
import { workSlice } from "#domain/retier/work-slice.ts";
import type { Definition } from "#events/definitions/index.ts";
import { withFaults } from "../../support/failing-ports.ts";
import { anEvent, NOON } from "../../support/people.ts";
import { openRetierWorld } from "../../support/retier-world.ts";
import { seededNumbers } from "../../support/seeded-numbers.ts";

const DAY_MS = 86_400_000;
const PEOPLE = 12;
const definitions: Definition[] = [
  { kind: "tag", name: "recent", rule: { did: { event: "Product Viewed", within: "2d" } } },
  { kind: "tag", name: "ever", rule: { did: { event: "Product Viewed", atLeast: 3 } } },
  { kind: "ladder", name: "life", tiers: [{ name: "quiet", rule: { inactive: { for: "1d" } } }, { name: "active" }] },
];

/** What the time path does of one person who is due, on whatever version it finds. */
async function review(ports: RetierPorts, n: number): Promise<void> {
  const id = await idOf(ports, n);
  const person = (await ports.profiles.load([id])).get(id);
  if (!person) return;
  await publishOutbox(ports, person);
  const next = nextVersion(
    { ...person, outbox: [] },
    {},
    ports.now(),
    await ports.definitions.atLeast(person.bundleVersion),
  );
  if ((await saveProfile(ports, person, next)) === "saved") await publishOutbox(ports, next);
}

async function idOf({ identities }: RetierPorts, n: number) {
  const [id] = (await identities.find([`userId:u-${n}` as never])).values();
  if (id === undefined) throw new Error("nobody");
  return id;
}

describe("a run beside the event path and the time path", () => {
  test("whatever they do in between one another, everyone is as the definitions say, and each event counts once", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const next = seededNumbers(seed);
        const world = openRetierWorld(3);
        const view = (n: number, k: number) =>
          anEvent(`v-${n}-${k}`, {
            identifiers: [["userId", `u-${n}`]],
            at: NOON - Math.floor(next() * 5 * DAY_MS),
            day: Math.floor(NOON / DAY_MS),
          });
        const events = Array.from({ length: PEOPLE }, (_, n) => [0, 1, 2, 3].map((k) => view(n, k)));
        await world.fold(events.flatMap((own) => own.slice(0, 2)));
        await world.define(...definitions);
        // No faults, but every call of a port lets the others run.
        const slow = <Port extends object>(port: Port) => withFaults(port, next, () => 0);
        const ports = { ...world.ports, profiles: slow(world.ports.profiles), activity: slow(world.ports.activity) };
        await startRun(ports, { reason: "request", by: "test" });
        const run = async () => {
          for (let w = 0; world.ports.queue.sent.length > 0; w++) {
            const messages = world.ports.queue.sent.splice(0, 4);
            await Promise.all(
              messages.map((message, m) =>
                workSlice(ports, message, { owner: `${w}-${m}`, remainingMs: () => Infinity }),
              ),
            );
          }
        };
        const fold = async () => {
          for (const own of events) await world.fold(own.slice(2), { ...ports });
        };
        const wake = async () => {
          for (let n = 0; n < PEOPLE; n++) await review(ports, Math.floor(next() * PEOPLE));
        };
        await Promise.all([run(), fold(), wake()]);
        await world.run();
        const bundle = await world.ports.definitions.get();
        for (const person of world.ports.profiles.all()) {
          const { memberships } = evaluateMemberships({ ...person, memberships: new Map() }, NOON, bundle);
          expect([...person.memberships.keys()].toSorted()).toEqual([...memberships.keys()].toSorted());
          const ever = bundle.features.byEvent.get("Product Viewed")?.find(({ unit }) => unit === "ever")?.id ?? "";
          expect(person.state.features.get(ever)?.get(0)).toBe(4);
        }
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
