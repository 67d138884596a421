import { describe, expect, test, vi } from "vitest";
import { type FakeRequest, startFakeServer } from "../fake-server.ts";
import { runStrata } from "../run-strata.ts";
import { temporaryFolder } from "../temporary-folder.ts";

vi.setConfig({ testTimeout: 20_000 });

const NOW = "2026-03-04T10:00:00.000Z";
const DAY_MS = 86_400_000;

interface Call {
  messageId: string;
  userId: string;
  timestamp: string;
  event?: string;
}

/** As much of a server as the demo asks for: it counts what it is sent, once per messageId. */
async function startShop() {
  const calls = new Map<string, Call>();
  const events = (name: string): Call[] => [...calls.values()].filter(({ event }) => event === name);
  const money = { amount: 0, currency: "GBP" };
  const server = await startFakeServer({
    "GET /local/clock": () => ({ body: { now: NOW } }),
    "GET /local/status": () => ({ body: { quiet: true, now: NOW, consumers: [] } }),
    "POST /admin/v1/definitions/apply": () => ({ body: { version: 3, dryRun: false, changed: true, changes: [] } }),
    "POST /v1/batch": ({ body }) => {
      for (const call of (body as { batch: Call[] }).batch)
        if (!calls.has(call.messageId)) calls.set(call.messageId, call);
      return { body: { success: true } };
    },
    "GET /admin/v1/totals": () => ({
      body: {
        people: new Set([...calls.values()].map(({ userId }) => userId)).size,
        buyers: new Set(events("Order Completed").map(({ userId }) => userId)).size,
        orders: events("Order Completed").length,
        revenue: money,
        refunds: { count: events("Order Refunded").length, amount: money },
        memberships: { "tag:uk-customer": 270 },
        exact: true,
        at: NOW,
      },
    }),
    "GET /admin/v1/definitions/tag": () => ({
      body: {
        items: [{ kind: "tag", name: "uk-customer", version: 3, definition: { title: { en: "UK customer" } } }],
        cursor: null,
      },
    }),
    "GET /admin/v1/profiles": (request) => answerProfile(request, events("Order Completed")),
  });
  return { server, calls };
}

function answerProfile({ query }: FakeRequest, orders: readonly Call[]) {
  const value = query.get("identifier")?.slice("userId:".length) ?? "";
  const times = orders.filter(({ userId }) => userId === value).map(({ timestamp }) => timestamp);
  if (times.length === 0) return { status: 404, body: { code: "profile_unknown", message: "nobody", requestId: "r" } };
  const [first, last] = [times.toSorted()[0], times.toSorted().at(-1)];
  const money = { amount: 0, currency: "GBP" };
  return {
    body: {
      profileId: `p_${value}`,
      createdAt: NOW,
      firstSeen: null,
      lastSeen: null,
      version: 1,
      identifiers: [{ type: "userId", value, since: NOW }],
      traits: {},
      orders: { count: times.length, revenue: money, first, last },
      refunds: { count: 0, amount: money },
      activeDays: 0,
      acquisition: {},
      place: {},
      device: {},
      memberships: [],
      tiers: {},
      consent: {},
      mergedFrom: [],
    },
  };
}

function localFolder(url: string) {
  const localJson = { url, adminToken: "t", writeKeys: { store: "store-key", server: "server-key" } };
  return temporaryFolder({ "local.json": JSON.stringify(localJson) });
}

describe("the demo", () => {
  test("sends the sample under the store's key so that it ends within the last seven days, and sums up", async () => {
    const { server, calls } = await startShop();
    await using _server = server;
    using folder = localFolder(server.url);
    const { exitCode, stdout } = await runStrata(["demo"], { env: { dataDir: folder.path } });
    expect(exitCode).toBe(0);
    const times = [...calls.values()].map(({ timestamp }) => timestamp).toSorted();
    const newest = Date.parse(times.at(-1) ?? "");
    expect(newest).toBeLessThanOrEqual(Date.parse(NOW));
    expect(newest).toBeGreaterThan(Date.parse(NOW) - 7 * DAY_MS);
    const keys = server.requests.filter(({ path }) => path === "/v1/batch").map(({ headers }) => headers.authorization);
    expect(new Set(keys)).toEqual(new Set([`Basic ${Buffer.from("store-key:").toString("base64")}`]));
    for (const text of [
      "300",
      "1,165",
      "tag:uk-customer",
      "UK customer",
      "userId:",
      `${server.url}/docs`,
      "local.json",
    ])
      expect(stdout).toContain(text);
  });

  test("--no-shift keeps the dates", async () => {
    const { server, calls } = await startShop();
    await using _server = server;
    using folder = localFolder(server.url);
    await runStrata(["demo", "--no-shift"], { env: { dataDir: folder.path } });
    const times = [...calls.values()].map(({ timestamp }) => timestamp).toSorted();
    expect([times[0], times.at(-1)]).toEqual(["2010-12-01T10:24:00.000Z", "2011-12-09T12:49:00.000Z"]);
  });

  test("loaded again it sends nothing", async () => {
    const { server } = await startShop();
    await using _server = server;
    using folder = localFolder(server.url);
    await runStrata(["demo"], { env: { dataDir: folder.path } });
    const before = server.requests.filter(({ path }) => path === "/v1/batch").length;
    const { exitCode, stderr, stdout } = await runStrata(["demo", "--json"], { env: { dataDir: folder.path } });
    expect(exitCode).toBe(0);
    expect(stderr).toContain("already loaded");
    expect(JSON.parse(stdout)).toMatchObject({ sent: null, totals: { orders: 1165 } });
    expect(server.requests.filter(({ path }) => path === "/v1/batch").length).toBe(before);
  });

  test("a load that was cut short is completed with the shift it began with", async () => {
    const { server, calls } = await startShop();
    await using _server = server;
    using folder = localFolder(server.url);
    await runStrata(["demo", "--no-shift"], { env: { dataDir: folder.path } });
    const all = new Map(calls);
    for (const id of [...calls.keys()].slice(calls.size / 2)) calls.delete(id);
    await runStrata(["demo"], { env: { dataDir: folder.path } });
    expect(calls).toEqual(all);
  });
});
