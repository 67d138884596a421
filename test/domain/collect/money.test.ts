import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeMoneyReader, readMoney } from "#domain/collect/money.ts";
import { readOrderChange } from "#domain/collect/order-change.ts";

const usd = { currency: "USD", rates: { EUR: 1.08, JPY: 0.0067, KWD: 3.25 } };

describe("money", () => {
  test.each([
    ["USD", 99.5, 9950],
    ["USD", "99.50", 9950],
    ["USD", 1.005, 101],
    ["USD", -1.005, -101],
    ["USD", 0.1 + 0.2, 30],
    ["USD", 1e-7, 0],
    ["USD", -1e-9, 0],
    ["usd", 12, 1200],
    ["EUR", 100, 10800],
    ["JPY", 1000, 670],
    ["KWD", 0.001, 0],
    ["KWD", 1.234, 401],
    [undefined, 3, 300],
    ["", 3, 300],
    [5, 3, 300],
  ])("%s %s is %i cents", (currency, amount, minor) => {
    expect(makeMoneyReader(currency, usd).toMinor(amount)).toBe(minor);
  });
  test("is in the digits of the project's currency", () => {
    expect(makeMoneyReader("JPY", { currency: "JPY", rates: {} }).toMinor(1234.5)).toBe(1235);
    expect(makeMoneyReader("KWD", { currency: "KWD", rates: {} }).toMinor(1.2345)).toBe(1235);
  });
  test("without a rate is left out and flagged, also where the currency is named like a method", () => {
    for (const currency of ["GBP", "toString", "constructor"]) {
      const reader = makeMoneyReader(currency, usd);
      expect(reader.toMinor(5)).toBeUndefined();
      expect([...reader.flags]).toEqual(["no_rate"]);
    }
  });
  test("too large to be exact is left out and flagged", () => {
    const reader = makeMoneyReader("USD", usd);
    expect(reader.toMinor(1e300)).toBeUndefined();
    expect(reader.toMinor(Number.MAX_VALUE)).toBeUndefined();
    expect([...reader.flags]).toEqual(["amount_out_of_range"]);
  });
  test.each([["abc"], ["1,000"], ["1e5"], [""], [null], [{}], [true], ["0x10"], ["Infinity"]])(
    "%j is no amount",
    (given) => {
      expect(makeMoneyReader("USD", usd).toMinor(given)).toBeUndefined();
    },
  );
  test("whole cents come through unchanged", () => {
    const cents = fc.integer({ min: -1e12, max: 1e12 });
    fc.assert(
      fc.property(cents, (n) => {
        const reader = makeMoneyReader("USD", usd);
        expect(reader.toMinor(n / 100)).toBe(n + 0);
        expect(reader.toMinor((n / 100).toFixed(2))).toBe(n + 0);
      }),
      { numRuns: 1000 },
    );
  });
  test("only monetary properties are read", () => {
    const properties = { revenue: 1, total: "2", price: 3.5, rating: 5, value: "none" };
    expect(readMoney(properties, makeMoneyReader("USD", usd))).toEqual({ revenue: 100, total: 200, price: 350 });
  });
});

describe("an order", () => {
  const read = (event: string, properties: object, currency = "USD") =>
    readOrderChange(event, properties as Record<string, unknown>, "m-1", makeMoneyReader(currency, usd));

  test("is worth its revenue", () => {
    expect(read("Order Completed", { order_id: "o", revenue: 5, total: 9, products: [{ price: 1 }] })).toEqual({
      kind: "completed",
      id: "o",
      amountMinor: 500,
      items: 1,
    });
  });
  test("without revenue is worth total less shipping and tax", () => {
    expect(read("Order Completed", { total: 10.1, shipping: 1, tax: "0.05" })?.amountMinor).toBe(905);
    expect(read("Order Completed", { total: 10 })?.amountMinor).toBe(1000);
  });
  test("without either is worth the sum of its products, rounded once", () => {
    const products = [{ price: 0.333, quantity: 3 }, { price: "2.5" }, { price: 1, qty: 2 }, { sku: "free" }, 5, null];
    expect(read("Order Completed", { products })).toMatchObject({ amountMinor: 550, items: 7 });
  });
  test("without anything to go by has no amount", () => {
    expect(read("Order Completed", {})).toEqual({ kind: "completed", id: "m-1" });
  });
  test("takes a number as its id, and the messageId where there is none", () => {
    expect(read("Order Updated", { order_id: 536365 })).toEqual({ kind: "updated", id: "536365" });
    expect(read("Order Updated", { order_id: " " })).toEqual({ kind: "updated", id: "m-1" });
  });
  test("cancelled has no amount, refunded a positive one", () => {
    expect(read("Order Cancelled", { order_id: "o", revenue: 5 })).toEqual({ kind: "cancelled", id: "o" });
    expect(read("Order Refunded", { order_id: "o", revenue: -5 })).toEqual({
      kind: "refunded",
      id: "o",
      amountMinor: 500,
    });
  });
  test("in a currency without a rate counts without its amount", () => {
    expect(read("Order Completed", { order_id: "o", revenue: 5 }, "GBP")).toEqual({ kind: "completed", id: "o" });
  });
  test("is no other event", () => {
    expect(read("Product Viewed", { revenue: 5 })).toBeUndefined();
  });
});
