import { describe, expect, test } from "vitest";
import { withFaults } from "../../support/failing-ports.ts";
import { makeImportHarness } from "../../support/import-harness.ts";
import { seededNumbers } from "../../support/seeded-numbers.ts";

const PEOPLE = 1_300;
const ROWS = 1_600;

/** People 0…1299; those over 1,199 have the tag already. Rows name 0…1199 and, again, some of them; and strangers. */
async function world() {
  const harness = makeImportHarness();
  for (let n = 0; n < PEOPLE; n++) await harness.person(`n${n}`, [["email", `n${n}@x.org`]]);
  const early = Array.from({ length: 100 }, (_, n) => `n${1_200 + n}@x.org`);
  await harness.finish(await harness.started(["email", ...early, ""].join("\n")));
  const rows = Array.from({ length: ROWS }, (_, n) =>
    n % 16 === 7 ? `stranger${n}@x.org` : `n${(n * 7) % 1_200}@x.org`,
  );
  const importId = await harness.started(["email", ...rows, ""].join("\n"), { importId: "im_1", mode: "replace" });
  return { ...harness, importId };
}

/** Turns of two workers at once, each call of which may fail before or after its effect, until the import has ended. */
async function workUnderFaults(seed: number) {
  const { ports, clock, turn, job, index, holders, importId } = await world();
  const next = seededNumbers(seed);
  let rate = 0.002;
  const wrap = <Port extends object>(port: Port) => withFaults(port, next, () => rate);
  const faulty = {
    profiles: wrap(ports.profiles),
    identities: wrap(ports.identities),
    facts: wrap(ports.facts),
    work: wrap(ports.work),
    tags: wrap(ports.tags),
    objects: wrap(ports.objects),
    queue: wrap(ports.queue),
  };
  for (let round = 0; (await job(importId)).status === "running"; round++) {
    if (round > 60) rate = 0;
    if (round > 200) throw new Error("the import does not end");
    const deadline = next() < 0.5 ? clock.now : Number.POSITIVE_INFINITY;
    const turns = [turn(importId, { ports: faulty, deadline }), turn(importId, { ports: faulty, deadline })];
    clock.now += 61_000;
    turns.push(turn(importId, { ports: faulty, deadline }));
    await Promise.allSettled(turns);
    await index();
    clock.now += 61_000;
  }
  return { job: await job(importId), ports, holders, importId };
}

describe("an import under faults", () => {
  test.each([1, 2, 3, 4, 5, 6])("comes to the same people and exact counts, seed %i", async (seed) => {
    const { job, ports, holders, importId } = await workUnderFaults(seed);
    const refused = ROWS / 16;
    const applied = new Set(holders()).size;
    expect(job).toMatchObject({
      status: "done",
      rows: { read: ROWS, applied, unchanged: ROWS - refused - applied, refused },
      removed: 100,
      errors: { person_unknown: refused },
    });
    const errors = ports.objects.errors(importId) as { row: number }[];
    expect(errors.map(({ row }) => row)).toEqual(Array.from({ length: refused }, (_, n) => n * 16 + 7 + 2));
    expect(ports.profiles.all().every(({ outbox }) => outbox.length === 0)).toBe(true);
  });
});
