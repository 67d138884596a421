import { describe, expect, test } from "vitest";
import { acquireLease, releaseLease, renewLease } from "#domain/work/lease.ts";
import { makeMemoryWorkStore } from "../../support/memory-work-store.ts";
import { NOON } from "../../support/people.ts";

const slice = { job: "retier#r1", slice: "slice#00007" };
const by = (owner: string, now = NOON) => ({ owner, now, leaseMs: 60_000 });

describe("a lease", () => {
  test("is had by one at a time, until it runs out", async () => {
    const work = makeMemoryWorkStore();
    expect(await acquireLease(work, slice, by("a"))).toMatchObject({ revision: 1 });
    expect(await acquireLease(work, slice, by("b", NOON + 59_999))).toBeUndefined();
    expect(await acquireLease(work, slice, by("b", NOON + 60_000))).toMatchObject({ revision: 2 });
  });

  test("carries what the holder before had reached", async () => {
    const work = makeMemoryWorkStore();
    const held = await acquireLease(work, slice, by("a"));
    const renewed = held && (await renewLease(work, held, by("a", NOON + 30_000), { cursor: "p_7" }));
    expect(renewed?.body).toEqual({ cursor: "p_7", lease: { owner: "a", until: NOON + 90_000 } });
    expect((await acquireLease(work, slice, by("b", NOON + 90_000)))?.body).toMatchObject({ cursor: "p_7" });
  });

  test("that was given back can be had at once", async () => {
    const work = makeMemoryWorkStore();
    const held = await acquireLease(work, slice, by("a"));
    expect(held && (await releaseLease(work, held, { done: true }))).toBe("saved");
    const stored = await work.find(slice.job, slice.slice);
    expect(stored?.body).toEqual({ done: true });
    expect(await acquireLease(work, slice, by("b"))).toMatchObject({ body: { done: true } });
  });

  test("that was lost can neither be renewed nor given back", async () => {
    const work = makeMemoryWorkStore();
    const held = await acquireLease(work, slice, by("a"));
    const taken = await acquireLease(work, slice, by("b", NOON + 60_000));
    expect(held && (await renewLease(work, held, by("a", NOON + 60_001)))).toBeUndefined();
    expect(held && (await releaseLease(work, held))).toBe("conflict");
    expect(await work.find(slice.job, slice.slice)).toEqual(taken);
  });

  test("of several who ask at once goes to one", async () => {
    const work = makeMemoryWorkStore();
    const asked = await Promise.all(["a", "b", "c"].map((owner) => acquireLease(work, slice, by(owner))));
    expect(asked.filter((lease) => lease !== undefined)).toHaveLength(1);
  });

  test("is known to be had even where the answer to the write was lost", async () => {
    const work = makeMemoryWorkStore();
    const held = await acquireLease(work, slice, by("a"));
    const deaf = {
      ...work,
      save: async (item: Parameters<typeof work.save>[0]) => {
        await work.save(item);
        return work.save(item);
      },
    };
    expect(held && (await renewLease(deaf, held, by("a"), { cursor: "p_9" }))).toMatchObject({ revision: 2 });
  });
});
