import { describe, expect, test } from "vitest";
import { sendBatch } from "#domain/sending/send-batch.ts";
import { NOON } from "../../support/people.ts";
import { aWorldWithAnn, work } from "../../support/send-to-ann.ts";
import { hashOf } from "../../support/send-world.ts";

const MINUTE_MS = 60_000;

describe("a provider's answer", () => {
  test("that it is not now makes a touch come back, and a bounded number of times", async () => {
    const world = await aWorldWithAnn();
    world.provider("first").answer = () => ({ kind: "retry", afterMs: 60_000, code: "throttled", healthy: true });
    await world.touch("t-1", { to: "ann" });
    expect(await work(world, "t-1")).toEqual({ kind: "later", afterMs: 60_000, reason: "throttled" });
    expect(await work(world, "t-1")).toMatchObject({ kind: "later", reason: "retry" });
    let turn: unknown;
    for (let n = 0; n < 20 && (await world.stored("t-1"))?.state === "requested"; n++) {
      world.advance(15 * MINUTE_MS);
      turn = await work(world, "t-1");
    }
    expect(turn).toEqual({ kind: "ended", state: "failed", reason: "retries_exhausted" });
    expect(world.provider("first").calls).toHaveLength(10);
  });

  test("that the address is dead suppresses it", async () => {
    const world = await aWorldWithAnn();
    world.provider("first").answer = () => ({ kind: "failed", code: "smtp_550_5.1.1", suppress: true });
    await world.touch("t-1", { to: "ann" });
    expect(await work(world, "t-1")).toEqual({ kind: "ended", state: "failed", reason: "smtp_550_5.1.1" });
    expect(await world.ports.suppressions.find("email", hashOf("ann@example.com"))).toEqual({
      all: { reason: "address_dead", at: NOON },
    });
  });

  test("that never came is unknown; an error of an adapter is too, and its text is not kept", async () => {
    const world = await aWorldWithAnn();
    const { answer } = world.provider("first");
    world.provider("first").answer = () => ({ kind: "unknown", code: "timed_out" });
    await world.touch("t-1", { to: "ann" });
    expect(await work(world, "t-1")).toEqual({ kind: "ended", state: "unknown", reason: "timed_out" });
    world.provider("first").answer = () => {
      throw new Error("550 ann@example.com is unknown here");
    };
    await world.touch("t-2", { to: "ann" });
    expect(await work(world, "t-2")).toEqual({ kind: "ended", state: "unknown", reason: "adapter_failed" });
    expect(JSON.stringify([world.failures.map(String), await world.stored("t-2")])).not.toContain("ann@example.com");
    world.provider("first").answer = answer;
  });

  test("that could not be told the event stream is told later, and the message is not sent again", async () => {
    const world = await aWorldWithAnn();
    await world.touch("t-1", { to: "ann" });
    const put = async () => {
      throw new Error("away");
    };
    const { turns } = await sendBatch({ ...world.ports, events: { put } }, "email", ["t-1"]);
    expect(turns.get("t-1")).toMatchObject({ kind: "later", reason: "unannounced" });
    expect(await world.stored("t-1")).toMatchObject({ state: "sent", unannounced: true });
    expect(await work(world, "t-1")).toEqual({ kind: "dropped" });
    expect(world.ports.events.events).toHaveLength(1);
    expect(await world.stored("t-1")).not.toHaveProperty("unannounced");
    expect(world.provider("first").calls).toHaveLength(1);
  });
});
