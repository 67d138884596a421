import { describe, expect, test } from "vitest";
import { countRuns } from "./count-runs.ts";
import { billOf, subtractBill, sumOf } from "./retier-bill.ts";
import { emulatePopulation, simulatePopulation } from "./stored-population.ts";

const quiet = () => {};

describe("the count of a re-tiering run", () => {
  test("finds what was drawn, a write for each who changes and none the second time", async () => {
    const people = 5_000;
    const { first, second, expected } = await countRuns(people, simulatePopulation, quiet);
    const [before, after] = [first, second].map(({ tables }) => tables.get("Profiles"));
    expect(before?.puts).toBe(expected.changed);
    expect(expected.changed).toBeGreaterThan(100);
    expect(before?.readUnits).toBeLessThan(2 * people * 0.5);
    expect([after?.puts, after?.updates, after?.deletes]).toEqual([0, 0, 0]);
    const changes = subtractBill(billOf(first, 1), billOf(second, 1), 1e6 / expected.changed);
    expect(sumOf(changes)).toBeGreaterThan(2);
  });

  test("is that of the emulator too", async () => {
    const simulated = await countRuns(300, simulatePopulation, quiet);
    const emulated = await countRuns(300, emulatePopulation, quiet);
    const writes = ({ first }: typeof simulated) =>
      Array.from(first.tables, ([table, { puts, updates, deletes }]) => ({ table, puts, updates, deletes })).toSorted(
        (a, b) => (a.table < b.table ? -1 : 1),
      );
    expect(writes(emulated)).toEqual(writes(simulated));
    expect(emulated.first.run.people).toEqual(simulated.first.run.people);
  });
});
