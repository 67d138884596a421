import { describe, expect, test } from "vitest";
import { sendBatch } from "#domain/sending/send-batch.ts";
import { NOON } from "../../support/people.ts";
import { aWorldWithAnn, work } from "../../support/send-to-ann.ts";
import { hashOf, MAIL, openSendWorld } from "../../support/send-world.ts";

const HOUR_MS = 3_600_000;

describe("a touch that may not be sent", () => {
  test.each([
    ["who is not there any more", { to: "nobody" }, "erased"],
    ["whose address is another's now", { to: "ann", addressHash: hashOf("old@example.com") }, "no_address"],
  ])("stops for a person %s", async (_, touch, reason) => {
    const world = await aWorldWithAnn();
    await world.touch("t-1", touch);
    expect(await work(world, "t-1")).toEqual({ kind: "ended", state: "stopped", reason });
    expect(world.provider("first").calls).toEqual([]);
  });

  test("stops where the person has taken consent back, or never gave it", async () => {
    const world = openSendWorld(MAIL);
    await world.person("ann", { consent: new Map() });
    await world.touch("t-1", { to: "ann" });
    expect(await work(world, "t-1")).toMatchObject({ reason: "no_consent" });
  });

  test("stops where the address is suppressed; what the person waits for only where all is", async () => {
    const world = await aWorldWithAnn();
    await world.ports.suppressions.put("email", hashOf("ann@example.com"), "marketing", {
      reason: "unsubscribed",
      at: NOON,
    });
    await world.touch("t-1", { to: "ann" });
    await world.touch("t-2", { to: "ann", category: "transactional" });
    expect(await work(world, "t-1")).toMatchObject({ state: "stopped", reason: "suppressed" });
    expect(await work(world, "t-2")).toMatchObject({ state: "sent" });
    await world.ports.suppressions.put("email", hashOf("ann@example.com"), "all", { reason: "hard_bounce", at: NOON });
    await world.touch("t-3", { to: "ann", category: "transactional" });
    expect(await work(world, "t-3")).toMatchObject({ state: "stopped", reason: "suppressed" });
  });

  test("stops where somebody unsubscribes while it is claimed", async () => {
    const world = await aWorldWithAnn();
    await world.touch("t-1", { to: "ann" });
    const { touches, suppressions } = world.ports;
    const save: typeof touches.save = async (stored) => {
      const saved = await touches.save(stored);
      const entry = { reason: "unsubscribed", at: NOON };
      if (stored.touch.state === "claimed")
        await suppressions.put("email", hashOf("ann@example.com"), "marketing", entry);
      return saved;
    };
    const { turns } = await sendBatch({ ...world.ports, touches: { ...touches, save } }, "email", ["t-1"]);
    expect(turns.get("t-1")).toEqual({ kind: "ended", state: "stopped", reason: "suppressed" });
    expect(world.provider("first").calls).toEqual([]);
  });

  test("stops where its channel has no provider", async () => {
    const world = openSendWorld();
    await world.person("ann");
    await world.touch("t-1", { to: "ann" });
    expect(await work(world, "t-1")).toEqual({ kind: "ended", state: "stopped", reason: "channel_missing" });
  });

  test("fails where its template does, with the template's reason and without its place under a cap", async () => {
    const caps = [{ channel: "email", max: 1, per: "7d" }];
    const broken = {
      kind: "template",
      name: "broken",
      channel: "email",
      category: "marketing",
      locales: { en: { subject: "Hi", body: "{{ person.traits.name }}" } },
    };
    const world = await aWorldWithAnn({ kind: "setting", name: "project", caps }, broken);
    await world.touch("t-1", { to: "ann", template: "broken" });
    await world.touch("t-2", { to: "ann", template: "nowhere" });
    await world.touch("t-3", { to: "ann" });
    expect(await work(world, "t-1")).toEqual({
      kind: "ended",
      state: "failed",
      reason: "template_failed:template_missing_value:person.traits.name",
    });
    expect(await work(world, "t-2")).toMatchObject({ reason: "template_failed:template_unknown" });
    expect(await work(world, "t-3")).toMatchObject({ state: "sent" });
  });

  test("waits for the end of the quiet hours of the person's own zone, its timer first", async () => {
    const world = openSendWorld(
      MAIL,
      { kind: "setting", name: "project", timeZone: "UTC" },
      { kind: "trait", name: "timezone", type: "string" },
    );
    const zone = new Map([["timezone", { overwrite: { value: "Asia/Shanghai", at: NOON - 1, message: 1n } }]]);
    await world.person("ann", { traits: zone });
    world.advance(2 * HOUR_MS);
    await world.touch("t-1", { to: "ann" });
    expect(await work(world, "t-1")).toEqual({ kind: "waits", reason: "quiet_hours" });
    const opening = Date.UTC(2026, 10, 21, 0);
    expect(await world.stored("t-1")).toMatchObject({ state: "waiting", waitUntil: opening });
    expect(world.ports.timers.rows()).toMatchObject([{ kind: "wait", id: "touch/t-1", at: opening, version: 2 }]);
    expect(await work(world, "t-1")).toEqual({ kind: "waits", reason: "quiet_hours" });
    world.advance(10 * HOUR_MS);
    expect(await work(world, "t-1")).toMatchObject({ state: "sent" });
  });
});
