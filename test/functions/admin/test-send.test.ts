import { describe, expect, test } from "vitest";
import { hashAddress } from "#domain/links/link-token.ts";
import { makeAdminHarness } from "../../support/admin-harness.ts";
import { aPerson, NOON } from "../../support/people.ts";

const mail = { kind: "channel", name: "mail", channel: "email", adapter: "ses", options: { from: "shop@example.com" } };
const hello = {
  kind: "template",
  name: "hello",
  channel: "email",
  category: "marketing",
  locales: {
    en: { subject: "Hello {{ person.traits.name }}", body: "<p>Hi</p>" },
    zh: { subject: "你好", body: "<p>您好</p>" },
  },
  sample: { person: { traits: { name: "Ann" } } },
};
const foot = { kind: "template", name: "foot", channel: "partial", locales: { en: { body: "foot" } } };

async function open() {
  const harness = makeAdminHarness();
  await harness.define(mail, hello, foot);
  const send = (body: unknown, name = "hello") => harness.call("POST", `/admin/v1/templates/${name}/test`, { body });
  const read = (id: unknown, name = "hello") => harness.call("GET", `/admin/v1/templates/${name}/test/${String(id)}`);
  return { ...harness, send, read };
}

describe("a test message", () => {
  test("goes into its channel's queue, for the address given, and says that it is there", async () => {
    const { send, read, ports } = await open();
    const { status, body } = await send({ to: "Me@Example.com", locale: "zh", arm: "coupon" });
    expect([status, body]).toEqual([202, { id: expect.any(String), channel: "email", by: "mail" }]);
    expect(ports.channelQueue.sent).toMatchObject([
      {
        test: {
          requestId: body.id,
          template: "hello",
          by: "mail",
          address: "me@example.com",
          locale: "zh",
          arm: "coupon",
        },
      },
    ]);
    expect((await read(body.id)).body).toMatchObject({ id: body.id, state: "queued", code: null, providerId: null });
    expect(ports.touches.all()).toEqual([]);
  });

  test("goes to a person's inbox or log by their id", async () => {
    const { send, ports } = await open();
    await ports.profiles.save(aPerson("ann", { version: 1 }));
    expect(await send({ to: "p_ann", by: "log" })).toMatchObject({ status: 202, body: { channel: "log" } });
    expect((await send({ to: "p_nobody", by: "log" })).body.code).toBe("profile_unknown");
  });

  test("is audited, and remembered for a week, with a keyed hash of its address and never with the address", async () => {
    const { send, call, ports } = await open();
    await send({ to: "me@example.com" });
    const { text } = await call("GET", "/admin/v1/audit");
    expect(text).toContain("template.test");
    expect(text).toContain(hashAddress("email", "me@example.com", await ports.linkKey()));
    const kept = ports.work.items();
    expect(kept.map(({ expiresAt }) => expiresAt)).toEqual([NOON + 7 * 24 * 3_600_000]);
    expect(text + JSON.stringify(kept)).not.toContain("me@example.com");
  });

  test("that a sender took and never told of is unknown after its lease", async () => {
    const { send, read, ports, state } = await open();
    const { id } = (await send({ to: "me@example.com" })).body;
    const [item] = ports.work.items();
    if (!item) throw new Error("no record");
    const body = { ...(item.body as object), state: "sending", until: NOON + 60_000 };
    await ports.work.save({ ...item, revision: 2, body });
    expect((await read(id)).body.state).toBe("sending");
    state.now += 60_001;
    expect((await read(id)).body).toMatchObject({ state: "unknown", code: "answer_lost" });
  });

  test("is refused where its template, its provider, its address or a value is missing", async () => {
    const { send, read, ports } = await open();
    const to = "me@example.com";
    expect((await send({ to }, "nowhere")).body.code).toBe("template_unknown");
    expect((await send({ to }, "foot")).body.code).toBe("template_is_partial");
    expect((await send({ to, by: "other" })).body.code).toBe("channel_unknown");
    expect((await send({ to: "me" })).body.code).toBe("address_invalid");
    expect((await send({ to, profileId: "p_nobody" })).body.code).toBe("profile_unknown");
    expect((await send({ to, sample: { long: "x".repeat(65_000) } })).status).toBe(400);
    expect((await send({ to, sample: { person: {} } })).body).toMatchObject({
      code: "template_failed",
      details: { faults: [{ code: "template_missing_value" }] },
    });
    expect((await read("nothing")).body.code).toBe("test_unknown");
    expect(ports.channelQueue.sent).toEqual([]);
  });

  test("is refused to an address that must not be written to", async () => {
    const { send, ports } = await open();
    const hash = hashAddress("email", "me@example.com", await ports.linkKey());
    await ports.suppressions.put("email", hash, "all", { reason: "complaint", at: NOON });
    expect(await send({ to: "me@example.com" })).toMatchObject({ status: 409, body: { code: "address_suppressed" } });
    expect(ports.channelQueue.sent).toEqual([]);
  });
});
