import { describe, expect, test } from "vitest";
import { StoreUnavailableError } from "#domain/ports/store-error.ts";
import { NOON } from "../../support/people.ts";
import { aWorldWithAnn, work } from "../../support/send-to-ann.ts";
import { MAIL } from "../../support/send-world.ts";

describe("a lease", () => {
  test("of another sender that lives is waited for", async () => {
    const world = await aWorldWithAnn();
    const lease = { owner: "other", until: NOON + 30_000 };
    await world.touch("t-1", { to: "ann", state: "claimed", lease, provider: "first", attempt: 1 });
    expect(await work(world, "t-1")).toEqual({ kind: "later", afterMs: 31_000, reason: "claimed" });
  });

  test.each(["marketing", "transactional"] as const)(
    "that ran out leaves %s unknown, and nothing is sent again",
    async (category) => {
      const world = await aWorldWithAnn();
      const lease = { owner: "other", until: NOON - 1 };
      await world.touch("t-1", { to: "ann", category, state: "claimed", lease, provider: "first", attempt: 1 });
      expect(await work(world, "t-1")).toEqual({ kind: "ended", state: "unknown", reason: "lease_expired" });
      expect(world.provider("first").calls).toEqual([]);
    },
  );

  test("that ran out lets a provider which takes a touch once have again what the person waits for", async () => {
    const world = await aWorldWithAnn({ ...MAIL, name: "other", priority: 1 });
    world.provider("first", true);
    const lease = { owner: "other", until: NOON - 1 };
    await world.touch("t-1", {
      to: "ann",
      category: "transactional",
      state: "claimed",
      lease,
      provider: "first",
      attempt: 1,
    });
    expect(await work(world, "t-1")).toEqual({ kind: "ended", state: "sent" });
    expect(world.provider("first").calls).toHaveLength(1);
    expect(world.provider("other").calls).toHaveLength(0);
  });
});

test("a claim whose answer was lost is looked at until the store tells that it is ours", async () => {
  const world = await aWorldWithAnn();
  await world.touch("t-1", { to: "ann" });
  const { touches } = world.ports;
  const { save, find } = touches;
  const lost = new StoreUnavailableError("store_unavailable", "touches");
  let failures = 0;
  touches.save = async (stored) => {
    const outcome = await save(stored);
    if (stored.touch.state !== "claimed" || failures > 0) return outcome;
    failures = 3;
    throw lost;
  };
  touches.find = (id) => (failures-- > 1 ? Promise.reject(lost) : find(id));
  expect(await work(world, "t-1")).toEqual({ kind: "ended", state: "sent" });
  expect(world.provider("first").calls).toHaveLength(1);
});
