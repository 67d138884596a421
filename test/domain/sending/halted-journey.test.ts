import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sendBatch } from "#domain/sending/send-batch.ts";
import { MAIL, openSendWorld, WELCOME } from "../../support/send-world.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const stopped = { ...WELCOME, state: "stopped" };
const paused = { ...WELCOME, state: "paused" };

async function openWorld(...written: unknown[]) {
  const world = openSendWorld(MAIL, ...written);
  await world.person("ann");
  const send = async (id: string) => (await sendBatch(world.ports, "email", [id])).turns.get(id);
  return { ...world, send };
}

describe.each(["marketing", "transactional"] as const)("a message of the category %s", (category) => {
  test("is not sent once its journey is stopped", async () => {
    const world = await openWorld();
    await world.touch("t-1", { to: "ann", category });
    world.define(MAIL, stopped);
    expect(await world.send("t-1")).toEqual({ kind: "ended", state: "stopped", reason: "journey_stopped" });
    expect(world.provider("first").calls).toEqual([]);
  });

  test("is not sent once its journey is gone", async () => {
    const world = await openWorld();
    await world.touch("t-1", { to: "ann", category, journey: "of-old" });
    expect(await world.send("t-1")).toMatchObject({ state: "stopped", reason: "journey_stopped" });
  });

  test("waits while its journey is paused, and is sent when it goes on", async () => {
    const world = await openWorld(paused);
    await world.touch("t-1", { to: "ann", category });
    expect(await world.send("t-1")).toEqual({ kind: "waits", reason: "journey_paused" });
    expect(await world.stored("t-1")).toMatchObject({ state: "waiting", reason: "journey_paused" });
    const [timer] = world.ports.timers.rows();
    expect(timer).toMatchObject({ id: "touch/t-1", at: world.now() + 10 * MINUTE_MS });
    world.advance(10 * MINUTE_MS);
    world.define(MAIL);
    expect(await world.send("t-1")).toMatchObject({ state: "sent" });
  });
});

test("the longer a journey has been paused, the less often its messages are looked at, every six hours at least", async () => {
  const world = await openWorld(paused);
  const { requestedAt } = await world.touch("t-1", { to: "ann", category: "transactional" });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 12 * HOUR_MS }), async (ms) => {
      world.advance(ms);
      await world.send("t-1");
      const inMs = ((await world.stored("t-1"))?.waitUntil ?? 0) - world.now();
      expect(inMs).toBeGreaterThanOrEqual(10 * MINUTE_MS);
      expect(inMs).toBeLessThanOrEqual(Math.min(6 * HOUR_MS, Math.max(10 * MINUTE_MS, world.now() - requestedAt)));
    }),
  );
});

test("a message that waited for the morning is not sent where the journey was stopped by night", async () => {
  const setting = { kind: "setting", name: "project", quietHours: { from: "11:00", to: "13:00" } };
  const world = await openWorld(setting);
  await world.touch("t-1", { to: "ann" });
  expect(await world.send("t-1")).toMatchObject({ kind: "waits", reason: "quiet_hours" });
  world.define(MAIL, setting, stopped);
  world.advance(2 * HOUR_MS);
  expect(await world.send("t-1")).toMatchObject({ state: "stopped", reason: "journey_stopped" });
});

describe("a message that a provider may have, of a journey that was halted", () => {
  const once = { ...MAIL, name: "once" };
  async function silent(...written: unknown[]) {
    const world = openSendWorld(once);
    await world.person("ann");
    await world.touch("t-1", { to: "ann", category: "transactional" });
    const provider = world.provider("once", true);
    provider.answer = () => ({ kind: "unknown", code: "timed_out" });
    await sendBatch(world.ports, "email", ["t-1"]);
    provider.answer = (touchId) => ({ kind: "sent", providerId: touchId });
    world.define(once, ...written);
    world.advance(MINUTE_MS);
    await sendBatch(world.ports, "email", ["t-1"]);
    return world;
  }

  test("is not denied", async () => {
    expect(await (await silent(stopped)).stored("t-1")).toMatchObject({ state: "unknown" });
  });

  test("waits, and is given to nobody else afterwards", async () => {
    const world = await silent(paused);
    expect(await world.stored("t-1")).toMatchObject({ state: "waiting", uncertain: true, provider: "once" });
    world.define(MAIL, { ...once, priority: 1 });
    world.advance(HOUR_MS);
    await sendBatch(world.ports, "email", ["t-1"]);
    expect(world.provider("first").calls).toEqual([]);
    expect(await world.stored("t-1")).toMatchObject({ state: "sent", provider: "once" });
  });

  test("also where its worker died", async () => {
    const world = openSendWorld(once, paused);
    await world.person("ann");
    world.provider("once", true);
    const lease = { owner: "dead", until: world.now() - 1 };
    await world.touch("t-1", { to: "ann", category: "transactional", state: "claimed", provider: "once", lease });
    await sendBatch(world.ports, "email", ["t-1"]);
    expect(await world.stored("t-1")).toMatchObject({ state: "waiting", uncertain: true, provider: "once" });
  });
});

test("a sender whose definitions are older than the message reads them again before it says that there is no such journey", async () => {
  const world = await openWorld();
  const { definitions } = world.ports;
  definitions.atLeast = async () => {
    world.define(MAIL, { ...WELCOME, name: "brand-new" });
    return definitions.get();
  };
  await world.touch("t-1", { to: "ann", journey: "brand-new", definitionVersion: 2 });
  expect(await world.send("t-1")).toMatchObject({ state: "sent" });
});
