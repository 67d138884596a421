import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ChannelList } from "#events/admin-api/channels.ts";
import { type LocalStack, startLocalStack } from "../support/local-stack.ts";
import { applyDefinitions, ask, type Definition, readProfile, readTouches } from "./administration.ts";
import { sendBatch } from "./collection.ts";
import { moveClock } from "./local-clock.ts";
import { readMails } from "./mailbox.ts";
import { startSilentReceiver } from "./silent-receiver.ts";

const FIRST = names("first", 6);
const SECOND = names("second", 24);
/** Seconds from one call of the receiver to the next. */
const INTERVAL = 1;
/** How many seconds late the first call may be for its place. */
const LATE = 8;
/** Nothing waits as long as this; it is here to end what hangs. */
const patience = { timeout: 100_000, interval: 250 };

let stack: LocalStack;
let receiver: Awaited<ReturnType<typeof startSilentReceiver>>;

beforeAll(async () => {
  receiver = await startSilentReceiver();
  stack = await startLocalStack({ env: { STRATA_WEBHOOK_ALLOWED_HOSTS: `127.0.0.1:${receiver.port}` } });
  addSecret("strata/hook", `whsec_${Buffer.alloc(24, 7).toString("base64")}`);
  await applyDefinitions(stack, definitions());
});
afterAll(async () => {
  receiver?.stop();
  await stack?.stop();
});

function names(wave: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${wave}-${n}`);
}

/** Whoever orders gets a receipt by e-mail; the warehouse hears of it by a webhook. */
function definitions(): Definition[] {
  const journey = (name: string, channel: string) => ({
    kind: "journey",
    name,
    trigger: { event: "Order Completed" },
    steps: [{ send: { channel, template: name, category: "transactional" } }],
  });
  const template = { kind: "template", category: "transactional" };
  return [
    {
      kind: "channel",
      name: "warehouse",
      channel: "webhook",
      adapter: "standard-webhooks",
      options: { url: `http://127.0.0.1:${receiver.port}/orders` },
      secret: "strata/hook",
      rate: { max: 60 / INTERVAL, per: "minute" },
    },
    {
      kind: "channel",
      name: "email",
      channel: "email",
      adapter: "ses",
      options: { from: "hello@shop.example" },
      rate: { max: 50, per: "second" },
    },
    journey("receipt", "email"),
    { ...template, name: "receipt", channel: "email", locales: { en: { subject: "Thanks", body: "<p>Thanks</p>" } } },
    journey("packing", "webhook"),
    { ...template, name: "packing", channel: "webhook", locales: { en: { body: '{"order": 1}' } } },
  ];
}

function addSecret(name: string, value: string): void {
  const file = path.join(stack.dataDir, "secrets.json");
  const content = JSON.parse(readFileSync(file, "utf8")) as { secrets: Record<string, unknown> };
  writeFileSync(file, JSON.stringify({ ...content, secrets: { ...content.secrets, [name]: value } }));
}

async function order(userIds: readonly string[]): Promise<void> {
  const calls = userIds.flatMap((userId) => [
    { type: "identify", userId, traits: { email: `${userId}@example.com` } },
    { type: "track", userId, event: "Order Completed", properties: { order_id: userId, revenue: 5, currency: "USD" } },
  ]);
  await sendBatch(stack, calls);
}

const everybodyHasReceipts = (userIds: readonly string[]) =>
  vi.waitFor(async () => {
    for (const userId of userIds) expect(await readMails(stack, `${userId}@example.com`)).toHaveLength(1);
  }, patience);

async function breakerOfWarehouse() {
  const { items } = await ask(stack, "/channels", ChannelList);
  return items.find(({ name }) => name === "warehouse")?.breaker;
}

async function packingOf(userId: string) {
  const { profileId } = await readProfile(stack, `userId:${userId}`);
  return (await readTouches(stack, profileId)).filter(({ journey }) => journey === "packing");
}

test("a provider that never answers delays no other channel, and its breaker opens for all to see", async () => {
  await order(FIRST);
  await everybodyHasReceipts(FIRST);
  await vi.waitFor(async () => {
    expect(await breakerOfWarehouse()).toMatchObject({ state: "open", restsUntil: expect.any(String) });
  }, patience);
  expect(receiver.called.length).toBeGreaterThanOrEqual(5);

  await order(SECOND);
  await everybodyHasReceipts(SECOND);
  expect(receiver.answered).toEqual([]);
  for (const userId of FIRST) expect(await packingOf(userId)).not.toMatchObject([{ state: "sent" }]);
});

test("when it has recovered its queue drains, each message once, no faster than its rate", async () => {
  receiver.recover();
  const everybody = [...FIRST, ...SECOND];
  await vi.waitFor(async () => {
    await moveClock(stack, { advance: "5m" });
    for (const userId of everybody) expect(await packingOf(userId)).toMatchObject([{ state: "sent" }]);
  }, patience);

  expect(await breakerOfWarehouse()).toEqual({ state: "closed", failures: 0, restsUntil: null });
  const { answered } = receiver;
  expect(new Set(answered.map(({ id }) => id)).size).toBe(everybody.length);
  expect(answered).toHaveLength(everybody.length);
  const at = answered.map((call) => call.at).toSorted((a, b) => a - b);
  const [first = 0] = at;
  for (const [n, time] of at.entries()) expect(time - first).toBeGreaterThanOrEqual(n * INTERVAL - LATE);
});
