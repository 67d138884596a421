import { describe, expect, test } from "vitest";
import type { MembershipKey } from "#domain/profile/state.ts";
import type { Definition } from "#events/definitions/index.ts";
import { anEvent } from "../../support/people.ts";
import { loyal, openViewers } from "./viewers.ts";

describe("thresholds", () => {
  const best: Definition = {
    kind: "tag",
    name: "best",
    rule: { quantile: { of: "orders.revenue", among: "buyers", atLeast: 0.5 } },
  };
  const order = (user: string, amountMinor: number) =>
    anEvent(`order-${user}`, {
      event: "Order Completed",
      identifiers: [["userId", user]],
      order: { kind: "completed", id: `o-${user}`, amountMinor },
    });

  test("come into force as a version of their own; found again as they are, they make none", async () => {
    const world = await openViewers(0);
    const { ports } = world;
    await world.fold([1, 2, 3, 4].map((n) => order(`u-${n}`, n * 100)));
    await world.define(best);
    const first = await world.run();
    expect(first.bundleVersion).toBe(3);
    expect((await ports.bundles.current()).thresholds).toMatchObject({
      exact: true,
      values: { "buyers orders.revenue": [[0.5, 200]] },
    });
    world.advance(1);
    const second = await world.run();
    expect([second.bundleVersion, second.figures.changed]).toEqual([3, 0]);
    await world.fold([order("u-5", 1_000), order("u-6", 2_000)]);
    expect((await world.run()).bundleVersion).toBe(4);
    const members = await ports.tags.members("tag:best" as MembershipKey, { limit: 10 });
    expect(members.members).toHaveLength(3);
  });

  test("stay in force under a change of definitions", async () => {
    const world = await openViewers(0);
    await world.fold([order("u-1", 100)]);
    await world.define(best);
    await world.run();
    const { thresholds } = await world.ports.bundles.current();
    await world.define(loyal);
    expect((await world.ports.bundles.current()).thresholds).toEqual(thresholds);
  });
});
