import { describe, expect, test } from "vitest";
import { sendBatch } from "#domain/sending/send-batch.ts";
import { NOON } from "../../support/people.ts";
import { aWorldWithAnn, work } from "../../support/send-to-ann.ts";
import { hashOf } from "../../support/send-world.ts";

const HOUR_MS = 3_600_000;

describe("frequency caps", () => {
  const oneADay = {
    kind: "setting",
    name: "project",
    caps: [{ channel: "email", category: "marketing", max: 3, per: "24h" }],
  };

  test("hold under a hundred senders at once", async () => {
    const world = await aWorldWithAnn(oneADay);
    const ids = Array.from({ length: 100 }, (_, n) => `t-${n}`);
    await Promise.all(ids.map((id) => world.touch(id, { to: "ann" })));
    await Promise.all(ids.map((id) => sendBatch(world.ports, "email", [id])));
    expect(world.provider("first").calls).toHaveLength(3);
    const states = world.ports.touches.all().map(({ state, reason }) => `${state} ${reason}`);
    expect(states.filter((state) => state === "stopped cap_reached")).toHaveLength(97);
  });

  test("count a message from when it was sent, though another worker stood still before it took the place", async () => {
    const world = await aWorldWithAnn(oneADay);
    await world.touch("t-1", { to: "ann" });
    const { caps } = world.ports;
    const stalled: typeof caps = {
      ...caps,
      async save(...asked) {
        stalled.save = caps.save;
        world.advance(HOUR_MS);
        expect(await work(world, "t-1")).toMatchObject({ state: "sent" });
        return caps.save(...asked);
      },
    };
    const { turns } = await sendBatch({ ...world.ports, caps: stalled }, "email", ["t-1"]);
    expect(turns.get("t-1")).toMatchObject({ kind: "later", reason: "raced" });
    const key = { channel: "email", category: "marketing", address: hashOf("ann@example.com") } as const;
    expect((await caps.find(key)).uses).toEqual([{ touchId: "t-1", at: NOON + HOUR_MS }]);
    expect(world.provider("first").calls).toHaveLength(1);
  });

  test("let a touch wait that may, until the first place falls free", async () => {
    const world = await aWorldWithAnn(oneADay);
    for (const id of ["t-1", "t-2", "t-3"]) await world.touch(id, { to: "ann" });
    await sendBatch(world.ports, "email", ["t-1", "t-2", "t-3"]);
    world.advance(HOUR_MS);
    await world.touch("t-4", { to: "ann", overCap: "wait" });
    expect(await work(world, "t-4")).toEqual({ kind: "waits", reason: "cap_reached" });
    expect(await world.stored("t-4")).toMatchObject({ waitUntil: NOON + 24 * HOUR_MS });
    world.advance(23 * HOUR_MS);
    expect(await work(world, "t-4")).toMatchObject({ state: "sent" });
  });
});
