import { expect, test } from "vitest";
import { spellEvidence } from "../../../../console/cli/spell-evidence.ts";
import { startFakeServer } from "../fake-server.ts";
import { runStrata } from "../run-strata.ts";

const AT = "2026-03-01T09:30:00.000Z";
const RUNS = { profileId: "p_7c4q", items: [] };
const KEY = "tag:frequent-buyer";
const PROFILE = {
  profileId: "p_7c4q",
  createdAt: AT,
  firstSeen: AT,
  lastSeen: AT,
  version: 12,
  identifiers: [{ type: "userId", value: "12583", since: AT }],
  traits: { country: { value: "France", at: AT } },
  orders: { count: 15, revenue: { amount: 672038, currency: "GBP" }, first: AT, last: AT },
  refunds: { count: 0, amount: { amount: 0, currency: "GBP" } },
  activeDays: 14,
  acquisition: {},
  place: {},
  device: {},
  memberships: [{ key: KEY, since: AT, until: "2026-04-01T23:00:00.000Z" }],
  tiers: { value: { tier: "high", since: AT, previous: "middle" } },
  consent: {},
  mergedFrom: [],
};
const WHY = {
  profileId: "p_7c4q",
  key: KEY,
  holds: true,
  since: AT,
  until: null,
  definitionVersion: 3,
  because: [{ path: "did", holds: true, seen: 15, wants: { atLeast: 4, event: "Order Completed", within: "180d" } }],
  foreseen: null,
  history: [],
  warming: { completeFrom: null },
};

function startServer() {
  return startFakeServer({
    "GET /admin/v1/profiles": () => ({ body: PROFILE }),
    "GET /admin/v1/profiles/p_7c4q": () => ({ body: PROFILE }),
    "GET /admin/v1/profiles/p_7c4q/memberships/tag%3Afrequent-buyer": () => ({ body: WHY }),
    "GET /admin/v1/profiles/p_7c4q/journeys": () => ({ body: RUNS }),
  });
}

test("a person is shown with orders, tags, and why each tag holds", async () => {
  await using server = await startServer();
  const { stdout } = await runStrata(["profile", "userId:12583", "--url", server.url]);
  expect(server.requests[0]?.query.get("identifier")).toBe("userId:12583");
  expect(stdout).toContain("userId 12583");
  expect(stdout).toContain("15, £6,720.38");
  expect(stdout).toContain("can change on its own at 2026-04-01 23:00 UTC");
  expect(stdout).toContain("Order Completed within 180d: 15 (at least 4)");
  expect(stdout).toMatch(/value +high since 2026-03-01, middle before/);
  expect(stdout).toContain("warming: complete after a re-tiering run");
});

test("under --json the profile comes as the API has it, with the reasons by tag", async () => {
  await using server = await startServer();
  const { stdout } = await runStrata(["profile", "p_7c4q", "--json", "--url", server.url]);
  expect(JSON.parse(stdout)).toEqual({ ...PROFILE, why: { [KEY]: WHY }, journeys: [] });
});

test.each([
  ["all.0.orders", 1300.2328, { averageValue: { atLeast: 500 } }, "orders averageValue: 1,300.23 (at least 500)"],
  ["trait", "Japan", { name: "country", notIn: ["UK", "US"] }, "trait country: Japan (none of UK, US)"],
  ["all.1.any.0.tag", true, "big-spender", "tag big-spender: yes"],
  ["not.trait", null, { name: "city", exists: true }, "trait city: nothing known (exists true)"],
  [
    "inactive",
    "2026-03-30T09:00:00.000Z",
    { for: "180d" },
    "last seen: 2026-03-30T09:00:00.000Z (longer ago than 180d)",
  ],
])("evidence of %s is spelled out", (path, seen, wants, text) => {
  expect(spellEvidence({ path, seen, wants, holds: true })).toBe(text);
});

test("an identifier's value may hold colons and spaces", async () => {
  await using server = await startServer();
  await runStrata(["profile", "openid:wx1:a b&c", "--url", server.url]);
  expect(server.requests[0]?.query.get("identifier")).toBe("openid:wx1:a b&c");
});
