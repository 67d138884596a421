import { describe, expect, test } from "vitest";
import type { IdentifierKey, ProfileId } from "#domain/profile/state.ts";
import { sendBatch } from "#domain/sending/send-batch.ts";
import { NOON } from "../../support/people.ts";
import { hashOf, MAIL, openSendWorld } from "../../support/send-world.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Works messages and gives back the turn of the one, or of the first. */
async function work(world: ReturnType<typeof openSendWorld>, ...ids: string[]) {
  const { turns } = await sendBatch(world.ports, "email", ids);
  return turns.get(ids[0] ?? "");
}

async function aWorldWithAnn(...written: unknown[]) {
  const world = openSendWorld(MAIL, ...written);
  await world.person("ann");
  return world;
}

describe("a touch that may be sent", () => {
  test("is sent once, and written down with the provider's id and an event", async () => {
    const world = await aWorldWithAnn();
    await world.touch("t-1", { to: "ann" });
    expect(await work(world, "t-1")).toEqual({ kind: "ended", state: "sent" });
    expect(await work(world, "t-1")).toEqual({ kind: "dropped" });
    expect(world.provider("first").calls).toHaveLength(1);
    expect(await world.stored("t-1")).toMatchObject({
      state: "sent",
      providerId: "first-t-1",
      provider: "first",
      attempt: 1,
    });
    expect(await world.ports.touches.findByProvider("test", "first-t-1")).toBe("t-1");
    expect(world.ports.events.events).toMatchObject([
      {
        event: "Message Sent",
        messageId: "strata:t-1:sent",
        identifiers: [["email", "ann@example.com"]],
        activity: false,
      },
    ]);
  });

  test("goes to its address with tracked links and a page to unsubscribe", async () => {
    const world = await aWorldWithAnn();
    await world.touch("t-1", { to: "ann" });
    await work(world, "t-1");
    const [call] = world.provider("first").calls;
    expect(call?.message).toMatchObject({ address: "ann@example.com", category: "marketing", journey: "welcome" });
    expect(call?.message.unsubscribeUrl).toMatch(/^https:\/\/strata\.example\.com\/u\//);
    const { message } = call ?? {};
    if (message?.message.channel !== "email") throw new Error("no mail");
    expect(message.message.html).toContain('href="https://strata.example.com/t/');
    expect(message.message.html).not.toContain("shop.example.com");
  });

  test("goes to the address that it was requested for, whoever its person has become", async () => {
    const world = await aWorldWithAnn();
    const ann = await world.ports.profiles.load(["p_ann" as ProfileId]);
    const old = ann.get("p_ann" as ProfileId);
    if (!old) throw new Error("nobody");
    const identifiers = new Map([
      ["email:bob@example.com" as IdentifierKey, NOON],
      ["email:ann@example.com" as IdentifierKey, NOON - 1000],
    ]);
    await world.person("bob", { identifiers });
    await world.ports.profiles.save({ ...old, version: 2, mergedInto: "p_bob" as ProfileId });
    await world.touch("t-1", { to: "ann" });
    await work(world, "t-1");
    expect(world.provider("first").calls).toMatchObject([
      { message: { address: "ann@example.com", profileId: "p_bob" } },
    ]);
  });
});

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

describe("two providers of a channel", () => {
  const both = [
    { ...MAIL, priority: 0 },
    { ...MAIL, name: "second", priority: 1 },
  ];
  const requestTen = async (world: ReturnType<typeof openSendWorld>, prefix: string) => {
    const ids = Array.from({ length: 10 }, (_, n) => `${prefix}-${n}`);
    for (const id of ids) await world.touch(id, { to: "ann", category: "transactional" });
    return ids;
  };

  test("the second takes over where the first's breaker is open, but for what the first may have sent", async () => {
    const world = openSendWorld(...both);
    await world.person("ann");
    world.provider("first").answer = () => ({ kind: "unknown", code: "timed_out" });
    const dead = await requestTen(world, "dead");
    const opened = await sendBatch(world.ports, "email", dead);
    expect(opened.open).toEqual(["first"]);
    await sendBatch(world.ports, "email", dead);
    const next = await requestTen(world, "next");
    await sendBatch(world.ports, "email", next);
    expect(world.provider("first").calls).toHaveLength(10);
    expect(
      world
        .provider("second")
        .calls.map(({ touchId }) => touchId)
        .toSorted(),
    ).toEqual(next);
  });

  test("one probe finds out that the first is back", async () => {
    const world = openSendWorld(...both);
    await world.person("ann");
    world.provider("first").answer = () => ({ kind: "retry", afterMs: 0, code: "unreachable" });
    await sendBatch(world.ports, "email", await requestTen(world, "dead"));
    world.provider("first").answer = (id) => ({ kind: "sent", providerId: id });
    world.advance(31_000);
    const probing = await requestTen(world, "probing");
    await sendBatch(world.ports, "email", probing);
    expect(world.provider("first").calls).toHaveLength(11);
    expect(world.provider("second").calls).toHaveLength(9);
    await sendBatch(world.ports, "email", await requestTen(world, "after"));
    expect(world.provider("first").calls).toHaveLength(21);
  });
});

test("with no other provider, messages of a dead one come back when it may be asked again", async () => {
  const world = await aWorldWithAnn();
  world.provider("first").answer = () => ({ kind: "unknown", code: "timed_out" });
  const ids = Array.from({ length: 5 }, (_, n) => `t-${n}`);
  for (const id of [...ids, "late"]) await world.touch(id, { to: "ann" });
  await sendBatch(world.ports, "email", ids);
  expect(await work(world, "late")).toEqual({ kind: "later", afterMs: 30_000, reason: "breaker_open" });
  expect(world.provider("first").calls).toHaveLength(5);
});

test("a message that no provider takes for a week fails", async () => {
  const world = await aWorldWithAnn();
  world.provider("first").answer = () => ({ kind: "unknown", code: "timed_out" });
  const ids = Array.from({ length: 5 }, (_, n) => `t-${n}`);
  for (const id of [...ids, "late"]) await world.touch(id, { to: "ann" });
  world.advance(7 * 24 * HOUR_MS + 1);
  await sendBatch(world.ports, "email", ids);
  expect(await work(world, "late")).toEqual({ kind: "ended", state: "failed", reason: "too_late" });
});
