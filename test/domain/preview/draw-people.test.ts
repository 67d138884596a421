import { describe, expect, test } from "vitest";
import { drawPeople } from "#domain/preview/draw-people.ts";
import type { Profile } from "#domain/profile/state.ts";
import { aPerson } from "../../support/people.ts";
import { seededNumbers } from "../../support/seeded-numbers.ts";

/** People in the order of their hashes, as a table has them, a page at a time. */
function aTable(size: number, page: number) {
  const random = seededNumbers(3);
  const people = Array.from({ length: size }, (_, n) => ({ at: random(), profile: aPerson(String(n)) }));
  people.sort((a, b) => a.at - b.at);
  let scans = 0;
  const scan = async ({ segment, segments, cursor }: { segment: number; segments: number; cursor?: string }) => {
    scans++;
    const all = people.filter(({ at }) => Math.floor(at * segments) === segment);
    const start = cursor === undefined ? 0 : Number(cursor);
    const profiles = all.slice(start, start + page).map(({ profile }) => profile);
    return start + page < all.length ? { profiles, cursor: String(start + page) } : { profiles };
  };
  return { scan, scans: () => scans };
}

async function draw(table: ReturnType<typeof aTable>, wanted: number, seed = 1, isOver = () => false) {
  const drawn: Profile[] = [];
  const ports = { profiles: table, random: seededNumbers(seed), isOver };
  const result = await drawPeople(
    ports,
    wanted,
    async (people) => people,
    (pages) => void drawn.push(...pages.flat()),
  );
  return { ...result, ids: drawn.map(({ id }) => id) };
}

describe("drawing people", () => {
  test("takes everyone once where there are no more than wanted, or everyone is wanted", async () => {
    for (const [size, wanted] of [
      [90, 100],
      [5_000, Infinity],
    ] as const) {
      const { share, people, ids, cutShort } = await draw(aTable(size, 100), wanted);
      expect({ share, people, cutShort }).toEqual({ share: 1, people: size, cutShort: false });
      expect(new Set(ids).size).toBe(size);
    }
  });

  test("reads about as many as wanted, and says which part of all that is", async () => {
    const table = aTable(20_000, 100);
    const { share, people, ids } = await draw(table, 1_000);
    expect(new Set(ids).size).toBe(people);
    expect(people).toBeGreaterThanOrEqual(1_000);
    expect(people).toBeLessThan(1_300);
    expect(people / share).toBeGreaterThan(17_000);
    expect(people / share).toBeLessThan(23_000);
    expect(table.scans()).toBeLessThan(30);
  });

  test("everyone has the same chance, and other numbers draw other people", async () => {
    const times = new Map<string, number>();
    for (let seed = 0; seed < 300; seed++) {
      for (const id of (await draw(aTable(600, 30), 100, seed)).ids) times.set(id, (times.get(id) ?? 0) + 1);
    }
    expect(times.size).toBe(600);
    // About a sixth of 300 samples each, give or take four standard deviations.
    expect(Math.min(...times.values())).toBeGreaterThan(25);
    expect(Math.max(...times.values())).toBeLessThan(95);
  });

  test("where time runs out, what was read whole counts and nothing else does", async () => {
    let asked = 0;
    const { share, people, ids, cutShort } = await draw(aTable(20_000, 100), Infinity, 5, () => ++asked > 40);
    expect(cutShort).toBe(true);
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThan(1);
    expect(ids).toHaveLength(people);
    const none = await draw(aTable(20_000, 100), 1_000, 5, () => true);
    expect(none).toMatchObject({ share: 0, people: 0, cutShort: true });
  });
});
