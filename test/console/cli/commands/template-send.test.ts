import { expect, test } from "vitest";
import type { WorkQueue } from "#domain/ports/work-queue.ts";
import type { ChannelMessage } from "#domain/sending/channel-message.ts";
import { saveTest, type TestRecord } from "#domain/sending/test-record.ts";
import { makeAdminHarness } from "../../../support/admin-harness.ts";
import { makeMemoryWorkStore } from "../../../support/memory-work-store.ts";
import { runStrata } from "../run-strata.ts";
import { serveHarness } from "../serve-harness.ts";

const mail = { kind: "channel", name: "mail", channel: "email", adapter: "ses", options: { from: "shop@example.com" } };
const hello = {
  kind: "template",
  name: "hello",
  channel: "email",
  category: "marketing",
  locales: { en: { subject: "Hello {{ arm }}", body: "<p>Hi</p>" } },
};

/** A server whose senders end every test as told. */
async function serve(end: Partial<TestRecord>) {
  const work = makeMemoryWorkStore();
  const asked: ChannelMessage[] = [];
  const queue: WorkQueue<ChannelMessage> = {
    async send(messages) {
      for (const message of messages) {
        asked.push(message);
        if (!("test" in message)) continue;
        const { requestId, template, by, requestedBy, requestedAt } = message.test;
        const record = { template, by, requestedBy, requestedAt, channel: "email", at: requestedAt } as const;
        await saveTest(work, requestId, { record: { ...record, state: "sent", ...end }, revision: 2 });
      }
    },
  };
  const harness = makeAdminHarness({ work, queueOf: () => queue });
  await harness.define(mail, hello);
  return { asked, server: await serveHarness(harness) };
}

const argv = ["template", "test", "hello", "--to", "me@example.com", "--arm", "coupon"];

test("a test message is sent, and the command says so", async () => {
  const { asked, server } = await serve({ providerId: "p-1" });
  await using _ = server;
  const { stdout, stderr, exitCode } = await runStrata([...argv, "--url", server.url]);
  expect([stdout, exitCode]).toEqual(["✔ Sent by mail: p-1\n", 0]);
  expect(stderr).toContain("Test of hello by mail (email) is in the queue");
  expect(asked).toMatchObject([{ test: { address: "me@example.com", arm: "coupon" } }]);
});

test.each([
  ["failed", "suppressed", "✘ Not sent: suppressed\n  The address unsubscribed"],
  ["unknown", "answer_lost", "■ Perhaps sent: answer_lost\n  Nobody heard the provider's answer"],
  ["failed", "smtp_550", "✘ Not sent: smtp_550\n"],
] as const)(
  "a test that ended as %s (%s) makes the command fail, with what to do about it",
  async (state, code, text) => {
    const { server } = await serve({ state, code });
    await using _ = server;
    const { stdout, exitCode } = await runStrata([...argv, "--url", server.url]);
    expect([stdout, exitCode]).toEqual([expect.stringContaining(text), 1]);
  },
);
