import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import type { HttpAnswer } from "#aws/http-answer.ts";
import { CollectedEvent } from "#events/collected-event.ts";
import { type Gateway, makeCollectHarness, source } from "../../support/collect-harness.ts";

interface Capture {
  readonly requests: readonly {
    readonly method: string;
    readonly path: string;
    readonly headers: Record<string, string>;
    readonly bodyBase64?: string;
  }[];
}

function readCapture(name: string): Capture {
  return JSON.parse(readFileSync(new URL(`../../fixtures/captures/${name}.json`, import.meta.url), "utf8")) as Capture;
}

/** The sources whose keys the captured SDKs were configured with; `default` is a Sensors project name used as a key. */
function sourcesFor(type: string) {
  return [source("WK_TEST", type), source("WK_TEST2", type), source("default", type)];
}

async function replay(name: string, type: string, gateway: Gateway) {
  const harness = makeCollectHarness({
    definitions: sourcesFor(type),
    project: { currency: "CNY", rates: { USD: 7 } },
  });
  const answers: HttpAnswer[] = [];
  for (const { method, path, headers, bodyBase64 } of readCapture(name).requests) {
    const body = bodyBase64 === undefined ? "" : Buffer.from(bodyBase64, "base64");
    answers.push(await harness.send({ method, path, headers, body }, gateway));
  }
  return { answers, events: harness.events, failed: harness.failed };
}

describe.each<Gateway>(["http", "rest"])("through the gateway of kind %s", (gateway) => {
  describe("@segment/analytics-node", () => {
    let answers: HttpAnswer[];
    let events: CollectedEvent[];
    beforeAll(async () => {
      const replayed = await replay("segment-analytics-node", "server", gateway);
      ({ answers, events } = replayed);
    });

    test("the batch is accepted", () => {
      expect(answers.map(({ statusCode, body }) => [statusCode, body])).toEqual([[200, '{"success":true}']]);
    });

    test("all six calls of the batch arrive, each a valid event", () => {
      // Grouped by person for the stream, in order within each.
      expect(events.map(({ type }) => type)).toEqual(["identify", "track", "group", "alias", "page", "screen"]);
      for (const event of events) expect(CollectedEvent.parse(event)).toEqual(event);
    });
    test("identify carries its traits, and the e-mail is an identifier", () => {
      expect(events[0]).toMatchObject({
        identifiers: [
          ["userId", "u-1"],
          ["email", "ann@example.com"],
        ],
        traits: { email: "ann@example.com", plan: "pro", 城市: "上海" },
        at: Date.parse("2026-11-21T22:46:35.530Z"),
        activity: false,
      });
    });
    test("the order has its amount in minor units, its items and a stand-in id", () => {
      expect(events[1]).toMatchObject({
        event: "Order Completed",
        at: Date.parse("2026-01-02T03:04:05Z"),
        money: { revenue: 9950 },
        order: {
          kind: "completed",
          amountMinor: 9950,
          items: 2,
          id: "node-next-1795301195531-d7afa603-d0aa-4aae-b83a-89d5348e7bc3",
        },
        activity: true,
      });
    });
    test("a group is appended to the trait groups, and an alias links the previous id", () => {
      expect(events[2]).toMatchObject({ traits: { groups: ["g-1"] }, traitModes: { groups: "append" } });
      expect(events[3]?.identifiers).toEqual([
        ["userId", "u-1"],
        ["anonymousId", "anon-1"],
      ]);
    });
    test("page and screen are events", () => {
      expect(events[4]).toMatchObject({
        event: "Page Viewed",
        properties: { name: "Home", url: "https://shop.example/" },
      });
      expect(events[5]).toMatchObject({ event: "Screen Viewed", properties: { name: "Cart" } });
    });
    test("a server's own address and user agent say nothing of the person", () => {
      for (const event of events) expect(event).not.toHaveProperty("place");
      for (const event of events) expect(event).not.toHaveProperty("device");
    });
  });

  test("@rudderstack/rudder-sdk-node: gzip labelled as a form", async () => {
    const { answers, events } = await replay("rudder-sdk-node", "server", gateway);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    expect(events.map(({ type }) => type)).toEqual(["identify", "track", "group", "alias", "page"]);
    expect(events[0]).toMatchObject({ traits: { email: "ann@example.com", plan: "pro" } });
    expect(events[1]).toMatchObject({ order: { amountMinor: 9950 }, at: Date.parse("2026-01-02T03:04:05Z") });
    expect(events[4]).toMatchObject({ event: "Page Viewed", identifiers: [["anonymousId", "anon-1"]] });
  });

  test("@segment/analytics-next in a browser: text/plain bodies, short routes, null userId", async () => {
    const { answers, events } = await replay("segment-analytics-next", "web", gateway);
    for (const { statusCode, body } of answers) expect([statusCode, body]).toEqual([200, '{"success":true}']);
    expect(events.map(({ type, event }) => event ?? type)).toEqual([
      "Page Viewed",
      "identify",
      "Order Completed",
      "group",
      "alias",
      "A1",
      "A2",
      ...events.slice(7).map(({ type, event }) => event ?? type),
    ]);
    expect(events[0]).toMatchObject({
      identifiers: [["anonymousId", "ccde42c4-651c-4323-b581-390709f39400"]],
      device: { platform: "web", os: "Linux" },
      place: { country: "NL" },
      source: { name: "wk-test", type: "web" },
    });
    expect(events[4]?.identifiers).toEqual([
      ["userId", "u-1"],
      ["anonymousId", "ccde42c4-651c-4323-b581-390709f39400"],
      ["anonymousId", "anon-0"],
    ]);
    // It was sent 32 ms after it was stamped: the clock is taken for wrong, the interval for right.
    expect(events[0]?.at).toBe(events[0]?.receivedAt === undefined ? 0 : events[0].receivedAt - 32);
  });

  test("sa-sdk-node: gzip in base64 in a form", async () => {
    const { answers, events } = await replay("sa-sdk-node", "server", gateway);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200]);
    const [order, profile, signUp, increment] = events;
    expect(order).toMatchObject({
      event: "Order Completed",
      identifiers: [["anonymousId", "u-1"]],
      order: { kind: "completed", amountMinor: 9950 },
      at: 1767323045000,
    });
    expect(profile).toMatchObject({ type: "identify", traits: { email: "ann@example.com", city: "上海" } });
    expect(profile).not.toHaveProperty("traitModes");
    expect(profile?.identifiers).toContainEqual(["email", "ann@example.com"]);
    expect(signUp).toMatchObject({
      event: "$SignUp",
      identifiers: [
        ["userId", "u-1"],
        ["anonymousId", "anon-1"],
      ],
    });
    expect(increment).toMatchObject({ traits: { orders: 1 }, traitModes: { orders: "add" } });
  });

  test("sa-sdk-javascript in image mode: base64 in the query of a GIF", async () => {
    const { answers, events } = await replay("sa-sdk-javascript-image", "web", gateway);
    for (const answer of answers) {
      expect(answer).toMatchObject({ statusCode: 200, isBase64Encoded: true });
      expect(answer.headers).toMatchObject({
        "Content-Type": "image/gif",
        "Cross-Origin-Resource-Policy": "cross-origin",
      });
    }
    const anonymous = ["anonymousId", "1a2004f191a57e-08586c70a76f998-11543b4c-921600-1a2004f191b11be"];
    const [page, once, signUp, order, profile] = events;
    expect(page).toMatchObject({ type: "page", event: "Page Viewed", identifiers: [anonymous] });
    expect(page?.properties).toMatchObject({ $title: "t", title: "t", path: "/" });
    expect(page?.properties).not.toHaveProperty("$latest_search_keyword");
    expect(once).toMatchObject({ traitModes: { $first_visit_time: "setOnce" } });
    expect(once?.traits).not.toHaveProperty("$first_search_keyword");
    expect(signUp?.identifiers).toEqual([["userId", "u-1"], anonymous]);
    expect(order).toMatchObject({
      event: "Order Completed",
      order: { amountMinor: 9950 },
      properties: { city: "上海" },
    });
    expect(profile?.identifiers).toEqual([["userId", "u-1"], ["email", "ann@example.com"], anonymous]);
  });

  test("a request that is sent again brings the same messageIds", async () => {
    for (const name of ["sa-sdk-node", "sa-sdk-javascript-image", "segment-analytics-node"]) {
      const [first, second] = [await replay(name, "server", gateway), await replay(name, "server", gateway)];
      expect(first.events.map(({ messageId }) => messageId)).toEqual(second.events.map(({ messageId }) => messageId));
    }
  });
});
