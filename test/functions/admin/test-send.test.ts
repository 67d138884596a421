import { describe, expect, test } from "vitest";
import type { OutgoingMessage } from "#domain/ports/channel.ts";
import { makeAdminHarness } from "../../support/admin-harness.ts";

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

async function open() {
  const sent: OutgoingMessage[] = [];
  const harness = makeAdminHarness({
    channelOf: ({ name, adapter }) => ({
      name,
      adapter,
      idempotent: false,
      send: async (message) => {
        sent.push(message);
        return { kind: "sent", providerId: "p-1" };
      },
    }),
  });
  for (const one of [mail, hello]) {
    const { status } = await harness.call("PUT", `/admin/v1/definitions/${one.kind}/${one.name}`, { body: one });
    expect(status).toBe(201);
  }
  const send = (body: unknown, name = "hello") => harness.call("POST", `/admin/v1/templates/${name}/test`, { body });
  return { ...harness, sent, send };
}

describe("a test message", () => {
  test("goes to the address given, with the sample, and to nobody else", async () => {
    const { send, sent, ports } = await open();
    const { status, body } = await send({ to: "me@example.com" });
    expect([status, body]).toMatchObject([
      200,
      { channel: "email", by: "mail", result: "sent", code: null, providerId: "p-1" },
    ]);
    expect(sent).toMatchObject([{ address: "me@example.com", message: { subject: "Hello Ann" } }]);
    await send({ to: "me@example.com", locale: "zh" });
    expect(sent[1]).toMatchObject({ message: { subject: "你好" } });
    expect(ports.touches.all()).toEqual([]);
  });

  test("is audited without its address", async () => {
    const { send, call } = await open();
    await send({ to: "me@example.com" });
    const { text } = await call("GET", "/admin/v1/audit");
    expect(text).toContain("template.test");
    expect(text).not.toContain("me@example.com");
  });

  test("is refused where its template, its provider or a value is missing", async () => {
    const { send, sent } = await open();
    expect((await send({ to: "me@example.com" }, "nowhere")).body.code).toBe("template_unknown");
    expect((await send({ to: "me@example.com", by: "other" })).body.code).toBe("channel_unknown");
    expect((await send({ to: "me@example.com", sample: { person: {} } })).body).toMatchObject({
      code: "template_failed",
      details: { faults: [{ code: "template_missing_value" }] },
    });
    expect(sent).toEqual([]);
  });
});
