import { describe, expect, test } from "vitest";
import { evaluateMemberships } from "#domain/memberships/evaluate-memberships.ts";
import type { MembershipKey } from "#domain/profile/state.ts";
import type { Definition } from "#events/definitions/index.ts";
import { anEvent, NOON } from "../../support/people.ts";
import { openRetierWorld } from "../../support/retier-world.ts";

const DAY_MS = 86_400_000;
const viewer: Definition = {
  kind: "tag",
  name: "viewer",
  rule: { did: { event: "Product Viewed", within: "30d", atLeast: 2 } },
};

function views(person: string, count: number, daysAgo: number) {
  return Array.from({ length: count }, (_, n) =>
    anEvent(`${person}-${daysAgo}-${n}`, {
      identifiers: [["userId", person]],
      at: NOON - daysAgo * DAY_MS - n * 1000,
      receivedAt: NOON - daysAgo * DAY_MS,
    }),
  );
}

describe("a re-tiering run", () => {
  test("evaluates everyone by definitions that came after their events, and counts them", async () => {
    const world = openRetierWorld();
    for (let n = 0; n < 40; n++) await world.fold(views(`u-${n}`, n % 4, 1).concat(views(`u-${n}`, 1, 300)));
    await world.define(viewer);
    const run = await world.run();
    expect(run).toMatchObject({
      status: "done",
      figures: { seen: 40, changed: 40, facts: 20, failed: 0, repaired: 0 },
    });
    const bundle = await world.ports.definitions.get();
    for (const person of world.ports.profiles.all()) {
      const { memberships } = evaluateMemberships({ ...person, memberships: new Map() }, NOON, bundle);
      expect([...person.memberships.keys()]).toEqual([...memberships.keys()]);
    }
    const key = "tag:viewer" as MembershipKey;
    expect(await world.ports.metrics.lastMembershipCount(key)).toEqual({ count: 20, at: NOON });
    expect((await world.ports.tags.members(key, { limit: 100 })).members).toHaveLength(20);
  });

  test("a second run right after changes nobody and writes nothing", async () => {
    const world = openRetierWorld();
    for (let n = 0; n < 30; n++) await world.fold(views(`u-${n}`, 2, n * 3));
    await world.define(viewer);
    await world.run();
    world.advance(1);
    const writes = world.ports.profiles.writes();
    const run = await world.run();
    expect(run).toMatchObject({ status: "done", figures: { seen: 30, changed: 0, facts: 0, repaired: 0 } });
    expect(world.ports.profiles.writes()).toBe(writes);
  });
});
