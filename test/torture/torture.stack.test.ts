import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { keepAccounts, sumAccounts } from "./ledger.ts";
import { readRetailStream } from "./retail-stream.ts";
import { torture } from "./torture.ts";

const fixture = new URL("../fixtures/online-retail-sample-totals.json", import.meta.url);

test("plain counting of the shop's sample comes to the totals that were counted from its CSV", () => {
  const counted = JSON.parse(readFileSync(fixture, "utf8")) as Record<string, number>;
  expect(sumAccounts(keepAccounts(readRetailStream()))).toEqual({
    people: counted.people,
    buyers: counted.buyers,
    orders: counted.orders,
    revenue: { amount: counted.revenueMinor, currency: "GBP" },
    refunds: { count: counted.refunds, amount: { amount: counted.refundsMinor, currency: "GBP" } },
  });
});

test("ten kills lose nothing and count nothing twice", async () => {
  const { violations, tolls, traffic, calls, comparisons } = await torture({ kills: 10, seed: 10, visitors: 2 });
  expect(violations).toEqual([]);
  expect(tolls).toHaveLength(10);
  expect(tolls.map(({ victim }) => victim)).toContain("runtime");
  expect(traffic.accepted).toBe(calls);
  expect(comparisons).toBeGreaterThan(2_000);
}, 600_000);
