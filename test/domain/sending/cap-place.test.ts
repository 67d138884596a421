import { describe, expect, test } from "vitest";
import { sendBatch } from "#domain/sending/send-batch.ts";
import { aWorldWithAnn, work } from "../../support/send-to-ann.ts";
import { hashOf, MAIL, WELCOME } from "../../support/send-world.ts";

const HOUR_MS = 3_600_000;

describe("a place under a cap", () => {
  const one = [{ channel: "email", category: "marketing", max: 1, per: "7d" }];
  const oneAWeek = { kind: "setting", name: "project", caps: one };

  /** Ann's first message comes to an end; what becomes of her second? */
  async function second(end: (world: Awaited<ReturnType<typeof aWorldWithAnn>>) => Promise<unknown>) {
    const world = await aWorldWithAnn(oneAWeek);
    await world.touch("t-1", { to: "ann" });
    await end(world);
    await world.touch("t-2", { to: "ann" });
    world.provider("first").answer = () => ({ kind: "sent", providerId: "p-2" });
    await work(world, "t-2");
    const { state, reason } = (await world.stored("t-2")) ?? {};
    return `${state} ${reason}`;
  }

  test("is free again where the provider refused the message", async () => {
    const refused = second(async (world) => {
      world.provider("first").answer = () => ({ kind: "failed", code: "refused", suppress: false });
      expect(await work(world, "t-1")).toMatchObject({ state: "failed" });
    });
    expect(await refused).toBe("sent undefined");
  });

  test("is kept where nobody knows whether it has the message", async () => {
    const silent = second(async (world) => {
      world.provider("first").answer = () => ({ kind: "unknown", code: "timed_out" });
      expect(await work(world, "t-1")).toMatchObject({ state: "unknown" });
    });
    expect(await silent).toBe("stopped cap_reached");
  });

  test("is free again where the last look stopped the message", async () => {
    const stopped = second(async (world) => {
      const { isSuppressed } = world.ports.suppressions;
      let looks = 0;
      world.ports.suppressions.isSuppressed = async () => ++looks === 2;
      expect(await work(world, "t-1")).toMatchObject({ reason: "suppressed" });
      world.ports.suppressions.isSuppressed = isSuppressed;
    });
    expect(await stopped).toBe("sent undefined");
  });

  test("is free again where the message was stopped before it was tried again", async () => {
    const stopped = second(async (world) => {
      world.provider("first").answer = () => ({ kind: "retry", afterMs: 0, code: "busy", healthy: true });
      expect(await work(world, "t-1")).toMatchObject({ kind: "later" });
      world.advance(HOUR_MS);
      world.define(MAIL, oneAWeek, { ...WELCOME, state: "stopped" });
      expect(await work(world, "t-1")).toMatchObject({ reason: "journey_stopped" });
      world.define(MAIL, oneAWeek);
    });
    expect(await stopped).toBe("sent undefined");
  });

  /** At most one an hour, and two a day. */
  const twoWindows = {
    kind: "setting",
    name: "project",
    caps: [
      { channel: "email", category: "marketing", max: 1, per: "1h" },
      { channel: "email", category: "marketing", max: 2, per: "24h" },
    ],
  };
  const annsKey = { channel: "email", category: "marketing", address: hashOf("ann@example.com") } as const;

  test("of a message that was sent is not given back by a worker that stood still before it looked", async () => {
    const world = await aWorldWithAnn(twoWindows);
    for (const id of ["t-1", "t-2"]) await world.touch(id, { to: "ann" });
    const { caps } = world.ports;
    const stalled: typeof caps = {
      ...caps,
      async find(key) {
        stalled.find = caps.find;
        for (const id of ["t-1", "t-2"]) {
          expect(await work(world, id)).toMatchObject({ state: "sent" });
          world.advance(HOUR_MS + 1);
        }
        world.advance(-2);
        return caps.find(key);
      },
    };
    await sendBatch({ ...world.ports, caps: stalled }, "email", ["t-1"]);
    expect(await world.stored("t-1")).toMatchObject({ state: "sent" });
    expect((await caps.find(annsKey)).uses.map(({ touchId }) => touchId)).toEqual(["t-1", "t-2"]);
  });

  test("is free again where the message was stopped because others reached the cap meanwhile", async () => {
    const world = await aWorldWithAnn(twoWindows);
    for (const id of ["t-1", "t-2"]) await world.touch(id, { to: "ann" });
    world.provider("first").answer = (id) =>
      id === "t-1" ? { kind: "retry", afterMs: 0, code: "busy", healthy: true } : { kind: "sent", providerId: id };
    expect(await work(world, "t-1")).toMatchObject({ kind: "later" });
    world.advance(HOUR_MS + 1);
    expect(await work(world, "t-2")).toMatchObject({ state: "sent" });
    expect(await work(world, "t-1")).toMatchObject({ state: "stopped", reason: "cap_reached" });
    expect((await world.ports.caps.find(annsKey)).uses.map(({ touchId }) => touchId)).toEqual(["t-2"]);
  });

  test("counts on where giving it back fails, and the message has its end", async () => {
    const unlucky = second(async (world) => {
      const { save } = world.ports.caps;
      world.provider("first").answer = () => {
        world.ports.caps.save = async () => {
          throw new Error("the store is down");
        };
        return { kind: "failed", code: "refused", suppress: false };
      };
      expect(await work(world, "t-1")).toMatchObject({ state: "failed" });
      expect(world.failures).toHaveLength(1);
      world.ports.caps.save = save;
    });
    expect(await unlucky).toBe("stopped cap_reached");
  });

  test("is given back by many at once, and others keep theirs", async () => {
    const caps = [{ channel: "email", category: "marketing", max: 4, per: "7d" }];
    const world = await aWorldWithAnn({ kind: "setting", name: "project", caps });
    const ids = ["t-1", "t-2", "t-3", "t-4"];
    for (const id of ids) await world.touch(id, { to: "ann" });
    world.provider("first").answer = (id) =>
      id === "t-4" ? { kind: "sent", providerId: id } : { kind: "failed", code: "refused", suppress: false };
    await Promise.all(ids.map((id) => work(world, id)));
    const { uses } = await world.ports.caps.find({
      channel: "email",
      category: "marketing",
      address: hashOf("ann@example.com"),
    });
    expect(uses.map(({ touchId }) => touchId)).toEqual(["t-4"]);
  });
});
