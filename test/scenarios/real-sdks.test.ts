import RudderAnalytics from "@rudderstack/rudder-sdk-node";
import { Analytics } from "@segment/analytics-node";
import SensorsAnalytics from "sa-sdk-node";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { ProfileView } from "#events/admin-api/profile-view.ts";
import { type LocalStack, startLocalStack } from "../support/local-stack.ts";
import { readActivity, readFailedEvents, readProfile } from "./administration.ts";
import { replayCapture } from "./replay-capture.ts";

const orderedAt = new Date("2026-01-02T03:04:05.000Z");
/** Nothing waits as long as this; it is here to end what hangs. */
const patience = { timeout: 60_000, interval: 100 };

let stack: LocalStack;
beforeAll(async () => {
  stack = await startLocalStack();
});
afterAll(() => stack.stop());

const traitsOf = ({ traits }: ProfileView) =>
  Object.fromEntries(Object.entries(traits).map(([name, { value }]) => [name, value]));
const identifiersOf = ({ identifiers }: ProfileView) => identifiers.map(({ type, value }) => `${type}:${value}`);
const eventsOf = async ({ profileId }: ProfileView) =>
  (await readActivity(stack, profileId)).map(({ type, event }) => event ?? type);

describe("@segment/analytics-node", () => {
  let person: ProfileView;
  beforeAll(async () => {
    const analytics = new Analytics({ writeKey: stack.writeKeys.server ?? "", host: stack.url });
    const userId = "segment-1";
    analytics.track({ anonymousId: "segment-anon", event: "Product Viewed", properties: { sku: "A-1" } });
    await analytics.flush();
    await stack.quiet();
    analytics.identify({
      userId,
      anonymousId: "segment-anon",
      traits: { email: "Segment@Example.com", plan: "pro", 城市: "上海" },
    });
    analytics.track({
      userId,
      event: "Order Completed",
      properties: { order_id: "so-1", revenue: 99.5, currency: "USD", products: [{ product_id: "p", quantity: 2 }] },
      timestamp: orderedAt,
    });
    analytics.track({
      userId,
      event: "Order Refunded",
      properties: { order_id: "so-1", revenue: 10, currency: "USD" },
    });
    analytics.group({ userId, groupId: "segment-group" });
    analytics.alias({ userId, previousId: "segment-earlier" });
    analytics.page({ userId, name: "Home" });
    analytics.screen({ userId, name: "Cart" });
    await analytics.closeAndFlush();
    await stack.quiet();
    person = await readProfile(stack, "userId:segment-1");
  });

  test("traits are those of identify and group", () => {
    expect(traitsOf(person)).toEqual({
      email: "Segment@Example.com",
      plan: "pro",
      城市: "上海",
      groups: ["segment-group"],
    });
  });
  test("orders and refunds are counted in minor units", () => {
    expect(person.orders).toEqual({
      count: 1,
      revenue: { amount: 9950, currency: "USD" },
      first: orderedAt.toISOString(),
      last: orderedAt.toISOString(),
    });
    expect(person.refunds).toEqual({ count: 1, amount: { amount: 1000, currency: "USD" } });
  });
  test("the visitor before the login, the alias and the e-mail are the same person", async () => {
    expect(identifiersOf(person).toSorted()).toEqual([
      "anonymousId:segment-anon",
      "anonymousId:segment-earlier",
      "email:segment@example.com",
      "userId:segment-1",
    ]);
    for (const identifier of identifiersOf(person)) {
      expect((await readProfile(stack, identifier)).profileId).toBe(person.profileId);
    }
  });
  test("every call is in the behaviour log, once", async () => {
    expect((await eventsOf(person)).toSorted()).toEqual(
      [
        "Order Completed",
        "Order Refunded",
        "Page Viewed",
        "Product Viewed",
        "Screen Viewed",
        "alias",
        "group",
        "identify",
      ].toSorted(),
    );
  });
});

describe("@rudderstack/rudder-sdk-node", () => {
  let person: ProfileView;
  beforeAll(async () => {
    const analytics = new RudderAnalytics(stack.writeKeys.server ?? "", { dataPlaneUrl: stack.url });
    const userId = "rudder-1";
    // It sends its first call at once.
    await new Promise<void>((resolve) => {
      analytics.track({ anonymousId: "rudder-anon", event: "Product Viewed" }, resolve);
    });
    await stack.quiet();
    analytics.identify({ userId, anonymousId: "rudder-anon", traits: { phone: "+86 138 0013 8000", plan: "pro" } });
    analytics.track({
      userId,
      event: "Order Completed",
      properties: { order_id: "ro-1", revenue: 20.05, currency: "USD" },
      timestamp: orderedAt,
    });
    analytics.alias({ userId, previousId: "rudder-earlier" });
    analytics.group({ userId, groupId: "rudder-group" });
    analytics.page({ userId, name: "Home" });
    analytics.screen({ userId, name: "Cart" });
    await analytics.flush();
    await stack.quiet();
    person = await readProfile(stack, "userId:rudder-1");
  });

  test("traits, order and identifiers are found in the profile", () => {
    expect(traitsOf(person)).toEqual({ phone: "+86 138 0013 8000", plan: "pro", groups: ["rudder-group"] });
    expect(person.orders).toMatchObject({ count: 1, revenue: { amount: 2005, currency: "USD" } });
    expect(identifiersOf(person).toSorted()).toEqual([
      "anonymousId:rudder-anon",
      "anonymousId:rudder-earlier",
      "phone:+8613800138000",
      "userId:rudder-1",
    ]);
  });
  test("every call is in the behaviour log, once", async () => {
    expect((await eventsOf(person)).toSorted()).toEqual(
      ["Order Completed", "Page Viewed", "Product Viewed", "Screen Viewed", "alias", "group", "identify"].toSorted(),
    );
  });
});

describe("sa-sdk-node", () => {
  let person: ProfileView;
  beforeAll(async () => {
    const analytics = new SensorsAnalytics();
    const errors: unknown[] = [];
    const submitter = analytics.submitTo({ url: `${stack.url}/sa?project=${stack.writeKeys.server}` });
    submitter.catch((error) => errors.push(error));
    // It sends one request after another and tells nobody when it is through.
    const until = (identifier: string, looksRight: (person: ProfileView) => boolean) =>
      vi.waitFor(async () => {
        expect(errors).toEqual([]);
        expect(looksRight(await readProfile(stack, identifier))).toBe(true);
        await stack.quiet();
      }, patience);
    analytics.track("sensors-anon", "ProductViewed", { sku: "A-1" });
    await until("anonymousId:sensors-anon", () => true);
    analytics.trackSignup("sensors-1", "sensors-anon", {});
    await until("userId:sensors-1", () => true);
    analytics.track("sensors-1", "OrderCompleted", {
      $is_login_id: true,
      $time: orderedAt,
      order_id: "sa-1",
      revenue: 99.5,
      currency: "USD",
    });
    analytics.profileSet("sensors-anon", { city: "上海", email: "sensors@example.com" });
    analytics.profileIncrement("sensors-anon", { points: 3 });
    analytics.profileIncrement("sensors-anon", { points: 4 });
    analytics.profileAppend("sensors-anon", { interests: ["tea", "茶"] });
    await until("userId:sensors-1", ({ traits }) => "interests" in traits);
    person = await readProfile(stack, "userId:sensors-1");
  });

  test("traits are set, added up and appended", () => {
    expect(traitsOf(person)).toEqual({
      city: "上海",
      email: "sensors@example.com",
      points: 7,
      interests: ["tea", "茶"],
    });
  });
  test("the visitor and the user after sign-up are the same person, with the order", async () => {
    expect(identifiersOf(person).toSorted()).toEqual([
      "anonymousId:sensors-anon",
      "email:sensors@example.com",
      "userId:sensors-1",
    ]);
    expect(person.orders).toMatchObject({ count: 1, revenue: { amount: 9950 }, first: orderedAt.toISOString() });
    expect(await eventsOf(person)).toEqual(expect.arrayContaining(["Product Viewed", "$SignUp", "Order Completed"]));
  });
});

describe("requests as browsers sent them", () => {
  test("@segment/analytics-next: page, identify, track, group, alias and its batches", async () => {
    const answers = await replayCapture(stack, "segment-analytics-next", {
      source: "web",
      rename: { "u-1": "next-1", "ann@": "next@" },
    });
    for (const { status, text } of answers) expect([status, text]).toEqual([200, '{"success":true}']);
    const person = await readProfile(stack, "userId:next-1");
    expect(traitsOf(person)).toEqual({ email: "next@example.com", groups: ["g-1"] });
    expect(person.orders).toMatchObject({ count: 1, revenue: { amount: 9950 } });
    expect(person.device).toMatchObject({ platform: "web", os: "Linux" });
    expect(identifiersOf(person).toSorted()).toEqual([
      "anonymousId:anon-0",
      "anonymousId:ccde42c4-651c-4323-b581-390709f39400",
      "email:next@example.com",
      "userId:next-1",
    ]);
    expect(await eventsOf(person)).toEqual(
      expect.arrayContaining(["Page Viewed", "identify", "Order Completed", "group", "alias", "A1", "A2"]),
    );
  });

  test("@segment/analytics-next finds its settings, with this host in them", async () => {
    const key = stack.writeKeys.web ?? "";
    const response = await fetch(`${stack.url}/v1/projects/${key}/settings`, {
      headers: { origin: "https://shop.example" },
    });
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(await response.json()).toEqual({
      integrations: { "Segment.io": { apiKey: key, apiHost: `${new URL(stack.url).host}/v1`, protocol: "http" } },
    });
  });

  test("sa-sdk-javascript: pixels with their calls in the query", async () => {
    const answers = await replayCapture(stack, "sa-sdk-javascript-image", {
      source: "web",
      rename: { "u-1": "sensors-web-1", "ann@": "sensors-web@" },
    });
    for (const { status, contentType } of answers) expect([status, contentType]).toEqual([200, "image/gif"]);
    const cookie = "anonymousId:1a2004f191a57e-08586c70a76f998-11543b4c-921600-1a2004f191b11be";
    const person = await readProfile(stack, cookie);
    expect(identifiersOf(person)).toContain("userId:sensors-web-1");
    expect(await eventsOf(person)).toEqual(expect.arrayContaining(["Page Viewed", "$SignUp", "Order Completed"]));
  });

  test.each(["segment-analytics-node", "rudder-sdk-node", "sa-sdk-node"])(
    "%s: its captured requests are accepted too",
    async (name) => {
      for (const { status } of await replayCapture(stack, name, { source: "server" })) expect(status).toBe(200);
    },
  );
});

test("a browser's preflight is answered for any origin", async () => {
  const response = await fetch(`${stack.url}/v1/batch`, {
    method: "OPTIONS",
    headers: {
      origin: "https://shop.example",
      "access-control-request-method": "POST",
      "access-control-request-headers": "content-type,authorization",
    },
  });
  expect(response.status).toBeLessThan(300);
  expect(response.headers.get("access-control-allow-origin")).toBe("*");
  expect(response.headers.get("access-control-allow-headers")).toContain("authorization");
});

test("nothing that a real SDK sent is among the failed events", async () => {
  await stack.quiet();
  expect(await readFailedEvents(stack)).toEqual([]);
});
