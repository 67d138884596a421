import { Analytics } from "@segment/analytics-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { JourneyStats } from "#events/admin-api/journeys.ts";
import { type LocalStack, startLocalStack } from "../support/local-stack.ts";
import { applyDefinitions, ask, readActivity, readFailedEvents, readProfile, readTouches } from "./administration.ts";
import { cartRescueDefinitions } from "./cart-rescue-definitions.ts";
import { moveClock } from "./local-clock.ts";
import { headerOf, linksOf, type Mail, readMails, unsubscribeUrlOf } from "./mailbox.ts";

/** A Monday morning; in Puerto Rico, which knows no summer time, it is six o'clock, and eight two hours later. */
const MORNING = "2025-01-06T10:00:00.000Z";
const OPENING = "2025-01-06T12:00:00.000Z";
const BROWSER = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.1 Safari/605.1.15";
const GETS = 1_000;
const AT_ONCE = 8;

let stack: LocalStack;
let analytics: Analytics;

beforeAll(async () => {
  stack = await startLocalStack();
  await moveClock(stack, { set: MORNING });
  await applyDefinitions(stack, cartRescueDefinitions);
  analytics = new Analytics({ writeKey: stack.writeKeys.server ?? "", host: stack.url });
  signUp("ann", { consents: true });
  signUp("bob", { consents: true });
  signUp("carl", { consents: false });
  signUp("dora", { consents: true, traits: { timezone: "America/Puerto_Rico", locale: "zh-CN" } });
  await settle();
  for (const userId of ["ann", "bob", "carl", "dora"]) track(userId, "Product Added", { name: "mug" });
  // Looking again is no second entry.
  track("ann", "Product Added", { name: "plate" });
  await settle();
  await moveClock(stack, { advance: "30m" });
  track("bob", "Order Completed", { order_id: "b-1", revenue: 20, currency: "USD" });
  await settle();
  await moveClock(stack, { advance: "35m" });
});
afterAll(async () => {
  await analytics?.closeAndFlush();
  await stack?.stop();
});

function signUp(userId: string, { consents, traits = {} }: { consents: boolean; traits?: Record<string, string> }) {
  analytics.identify({ userId, traits: { email: addressOf(userId), ...traits } });
  if (consents) track(userId, "Consent Updated", { purpose: "marketing", channel: "email", granted: true });
}

function track(userId: string, event: string, properties: Record<string, unknown>): void {
  analytics.track({ userId, event, properties });
}

async function settle(): Promise<void> {
  await analytics.flush();
  await stack.quiet();
}

const addressOf = (userId: string) => `${userId}@example.com`;
const mailsOf = (userId: string) => readMails(stack, addressOf(userId));
const personOf = (userId: string) => readProfile(stack, `userId:${userId}`);
const touchesOf = async (userId: string) => readTouches(stack, (await personOf(userId)).profileId);
const onlyMailOf = async (userId: string): Promise<Mail> => {
  const [mail, ...more] = await mailsOf(userId);
  if (!mail || more.length > 0) throw new Error(`${userId} has not got one mail`);
  return mail;
};

test("who adds a product and does not buy gets exactly one mail when the wait is over", async () => {
  expect(await mailsOf("ann")).toMatchObject([{ subject: "Your mug is still here" }]);
  expect(await touchesOf("ann")).toMatchObject([{ journey: "cart-rescue", state: "sent", reason: null, attempt: 1 }]);
});

test("who buys meanwhile gets none, and nothing was asked for", async () => {
  expect(await mailsOf("bob")).toEqual([]);
  expect(await touchesOf("bob")).toEqual([]);
});

test("who has not consented gets none, and the reason is on record", async () => {
  expect(await mailsOf("carl")).toEqual([]);
  expect(await touchesOf("carl")).toMatchObject([{ state: "stopped", reason: "no_consent", attempt: 0 }]);
});

test("who is in quiet hours gets it in their language when these are over, not before", async () => {
  expect(await mailsOf("dora")).toEqual([]);
  expect(await touchesOf("dora")).toMatchObject([{ state: "waiting", reason: "quiet_hours", waitUntil: OPENING }]);
  await moveClock(stack, { advance: "1h" });
  expect(await mailsOf("dora")).toMatchObject([{ subject: "mug还在购物车里" }]);
  const [touch] = await touchesOf("dora");
  expect(touch?.state).toBe("sent");
  expect(Date.parse(touch?.changedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(OPENING));
});

test("the figures of the journey are of these four and their messages, on the day on which they entered", async () => {
  const on = (day: string) => ask(stack, `/journeys/cart-rescue/stats?from=${day}&to=${day}`, JourneyStats);
  const { runs, outcomes, messages, exact } = await on("2025-01-06");
  expect({ runs, outcomes, exact }).toEqual({
    runs: { entered: 4, heldOut: 0, live: 0, converted: 1 },
    outcomes: { finished: 3, goal: 1 },
    exact: true,
  });
  expect(messages).toMatchObject([{ requested: 3, sent: 2, pending: 0, stopped: { no_consent: 1 } }]);
  expect(await on("2025-01-05")).toMatchObject({ runs: { entered: 0 }, messages: [], exact: true });
});

/** What a person is, but for when they were last there and how often that was written. */
async function standingOf(userId: string) {
  const { lastSeen: _seen, version: _version, ...standing } = await personOf(userId);
  return { standing, touches: await touchesOf(userId), mails: (await mailsOf(userId)).length };
}

async function getOften(url: string): Promise<Set<number>> {
  const statuses = new Set<number>();
  let left = GETS;
  const work = async () => {
    while (left-- > 0) {
      const response = await fetch(url, { redirect: "manual", headers: { "user-agent": BROWSER } });
      await response.arrayBuffer();
      statuses.add(response.status);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return statuses;
}

test("a thousand GETs of each link of the mail change nothing but opens and clicks", async () => {
  const mail = await onlyMailOf("ann");
  const before = await standingOf("ann");
  const known = new Set((await readActivity(stack, before.standing.profileId)).map(({ messageId }) => messageId));
  const links = linksOf(mail);
  const tracked = links.filter((url) => url.includes("/t/"));
  const pages = links.filter((url) => url.includes("/u/"));
  expect(links).toHaveLength(tracked.length + pages.length);
  expect([tracked.length, pages.length]).toEqual([2, 1]);
  const statuses = [];
  for (const url of links) statuses.push([...(await getOften(url))]);
  await stack.quiet();

  expect(statuses.flat().toSorted((a, b) => a - b)).toEqual([200, 200, 302]);
  expect(await standingOf("ann")).toEqual(before);
  const activity = await readActivity(stack, before.standing.profileId);
  const added = activity.filter(({ messageId }) => !known.has(messageId)).map(({ event, type }) => event ?? type);
  expect(added.toSorted()).toEqual(["Message Clicked", "Message Opened"]);
});

test("one click in the mail program unsubscribes, and the next journey sends to the others only", async () => {
  const mail = await onlyMailOf("ann");
  expect(headerOf(mail, "List-Unsubscribe-Post")).toBe("List-Unsubscribe=One-Click");
  const answer = await fetch(unsubscribeUrlOf(mail), {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: "List-Unsubscribe=One-Click",
  });
  expect(answer.status).toBe(200);
  await stack.quiet();
  expect((await personOf("ann")).consent["marketing.email"]).toMatchObject({ granted: false });

  for (const userId of ["ann", "dora"]) track(userId, "Price Dropped", { name: "mug" });
  await settle();
  expect(await mailsOf("ann")).toEqual([mail]);
  const ofNext = (await touchesOf("ann")).filter(({ journey }) => journey === "price-drop");
  expect(ofNext).toMatchObject([{ state: "stopped", reason: expect.stringMatching(/^(suppressed|no_consent)$/) }]);
  expect((await mailsOf("dora")).map(({ subject }) => subject)).toContain("It costs less now");
});

test("nothing failed on the way", async () => {
  expect(await readFailedEvents(stack)).toEqual([]);
});
