import { describe, expect, test } from "vitest";
import { sendBatch } from "#domain/sending/send-batch.ts";
import { hashOf, MAIL, openSendWorld } from "../../support/send-world.ts";

const MINUTE_MS = 60_000;

/** A sender of Ann's message that stands still with the answer of its last look in hand, while something happens. */
async function standStill(ms: number, meanwhile: (world: ReturnType<typeof openSendWorld>) => Promise<unknown>) {
  const world = openSendWorld(MAIL, { kind: "setting", name: "project", quietHours: { from: "12:20", to: "20:00" } });
  await world.person("ann");
  await world.touch("t-1", { to: "ann" });
  const { isSuppressed } = world.ports.suppressions;
  let looks = 0;
  world.ports.suppressions.isSuppressed = async (...address) => {
    const is = await isSuppressed(...address);
    if (++looks === 2) {
      world.advance(ms);
      await meanwhile(world);
    }
    return is;
  };
  const { turns } = await sendBatch(world.ports, "email", ["t-1"]);
  expect(world.provider("first").calls).toEqual([]);
  expect(turns.get("t-1")).toMatchObject({ kind: "later" });
  await sendBatch(world.ports, "email", ["t-1"]);
  return world;
}

describe("a sender that stood still after its last look", () => {
  test("sends nothing to whoever has unsubscribed meanwhile", async () => {
    const world = await standStill(10_000, ({ ports, now }) =>
      ports.suppressions.put("email", hashOf("ann@example.com"), "marketing", { reason: "unsubscribed", at: now() }),
    );
    expect(await world.stored("t-1")).toMatchObject({ state: "stopped", reason: "suppressed", attempt: 0 });
  });

  test("sends nothing in quiet hours that have begun meanwhile", async () => {
    const world = await standStill(21 * MINUTE_MS, async () => undefined);
    expect(await world.stored("t-1")).toMatchObject({ state: "waiting", reason: "quiet_hours" });
    expect(world.provider("first").calls).toEqual([]);
  });

  test("looks again, and sends", async () => {
    const world = await standStill(6_000, async () => undefined);
    expect(await world.stored("t-1")).toMatchObject({ state: "sent", attempt: 1 });
  });
});
