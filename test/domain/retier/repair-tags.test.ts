import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TagRow } from "#domain/ports/tag-store.ts";
import type { MembershipKey, ProfileId } from "#domain/profile/state.ts";
import type { Definition } from "#events/definitions/index.ts";
import { anEvent, NOON } from "../../support/people.ts";
import { openRetierWorld } from "../../support/retier-world.ts";

const key = "tag:viewer" as MembershipKey;
const viewer: Definition = { kind: "tag", name: "viewer", rule: { did: { event: "Product Viewed" } } };
const seen = (user: string, n = 0) => anEvent(`${user}-${n}`, { identifiers: [["userId", user]] });

/** Viewers, who came an hour before the run. */
async function openWorld(people: number) {
  const world = openRetierWorld();
  await world.define(viewer);
  await world.fold(Array.from({ length: people }, (_, n) => seen(`u-${n}`)));
  await world.index();
  world.advance(60);
  return world;
}

type World = Awaited<ReturnType<typeof openWorld>>;

const rowsOf = (world: World) => world.ports.tags.rows().filter(({ left }) => !left);
const membersOf = (world: World) =>
  rowsOf(world)
    .map(({ key: of, profileId }) => `${of} ${profileId}`)
    .toSorted();
const heldBy = (world: World) =>
  world.ports.profiles
    .all()
    .flatMap(({ id, memberships }) => Array.from(memberships.keys(), (held) => `${held} ${id}`))
    .toSorted();

describe("repairing the table of members", () => {
  test("a table that agrees is read once and left alone: no second look, no read of a profile", async () => {
    const world = await openWorld(30);
    const load = world.ports.profiles.load;
    world.ports.profiles.load = () => Promise.reject(new Error("nobody is to be read"));
    const run = await world.run();
    world.ports.profiles.load = load;
    expect(run).toMatchObject({ status: "done", phase: "tags", figures: { repaired: 0 } });
  });

  test("whatever is wrong with rows, they are those of the people afterwards, and right ones stay as they were", async () => {
    const damage = fc.record({ person: fc.nat(19), what: fc.constantFrom("lost", "left", "since", "newer") });
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { maxLength: 6 }), fc.nat(3), async (damages, strangers) => {
        const world = await openWorld(20);
        const before = rowsOf(world);
        const people = before.map(({ profileId }) => profileId);
        const hurt = new Set<ProfileId>();
        for (const { person, what } of damages) {
          const row = before[person];
          if (!row || hurt.has(row.profileId)) continue;
          hurt.add(row.profileId);
          if (what === "lost") world.ports.tags.forget(row);
          else await world.ports.tags.mend(damaged(row, what), row.version);
        }
        for (let n = 0; n < strangers; n++) {
          const row = { key, profileId: `p_stranger-${n}` as ProfileId, version: 3, since: NOON, left: false };
          await world.ports.tags.put(row);
        }
        const run = await world.run();
        expect(run.figures.repaired).toBe(hurt.size + strangers);
        expect(membersOf(world)).toEqual(heldBy(world));
        const untouched = before.filter(({ profileId }) => !hurt.has(profileId));
        expect(rowsOf(world).filter(({ profileId }) => people.includes(profileId) && !hurt.has(profileId))).toEqual(
          untouched,
        );
        world.advance(1);
        expect((await world.run()).figures.repaired).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  test("rows of a definition that is gone are dropped", async () => {
    const world = await openWorld(5);
    const gone = "tag:gone" as MembershipKey;
    for (const { id, version } of world.ports.profiles.all()) {
      await world.ports.tags.put({ key: gone, profileId: id, version, since: NOON, left: false });
    }
    await world.run();
    expect(rowsOf(world).map((row) => row.key)).toEqual(Array.from({ length: 5 }, () => key));
  });

  test("a mended row gives way to whatever the person does next", async () => {
    const world = await openWorld(3);
    const [row] = rowsOf(world);
    if (!row) throw new Error("no row");
    await world.ports.tags.mend({ ...row, version: 999, left: true }, row.version);
    await world.run();
    expect(membersOf(world)).toEqual(heldBy(world));
    await world.remove("tag", "viewer");
    await world.run();
    expect(membersOf(world)).toEqual([]);
  });

  test("people who leave while the run goes on cause no look at other rows", async () => {
    const world = await openWorld(40);
    const [leaver] = rowsOf(world);
    if (!leaver) throw new Error("no row");
    const scan = world.ports.tags.scan;
    world.ports.tags.scan = async (slice) => {
      // Everyone was seen; now somebody leaves.
      await world.ports.tags.put({ ...leaver, version: leaver.version + 1, since: NOON + 3_600_001, left: true });
      return scan(slice);
    };
    const run = await world.run();
    world.ports.tags.scan = scan;
    expect(run).toMatchObject({ status: "done", phase: "tags", figures: { repaired: 0 } });
  });
});

function damaged(row: TagRow, what: "left" | "since" | "newer"): TagRow {
  if (what === "since") return { ...row, since: row.since - 1 };
  return { ...row, left: true, version: what === "newer" ? row.version + 5 : row.version };
}
