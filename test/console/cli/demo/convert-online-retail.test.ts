import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { convertOnlineRetail } from "../../../../console/cli/demo/convert-online-retail.ts";
import { CsvRows } from "../../../../console/cli/demo/csv-rows.ts";
import { parseMills } from "../../../../console/cli/demo/invoice-line.ts";
import { isSampleCustomer } from "../../../../console/cli/demo/sample-customer.ts";
import { runStrata } from "../run-strata.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const CSV = fixture("../../../fixtures/online-retail/invoices.csv");
const SAMPLE = fixture("../../../../console/cli/demo/data/online-retail-sample.ndjson.gz");

function fixture(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

interface Call {
  type: string;
  event?: string;
  messageId: string;
  userId: string;
  timestamp: string;
  traits?: { country: string };
  properties?: { order_id: string; revenue: number; currency: string; products: unknown[] };
}

async function convert(path: string): Promise<Call[]> {
  const calls: Call[] = [];
  for await (const invoice of convertOnlineRetail(path))
    for (const line of invoice) calls.push(JSON.parse(line) as Call);
  return calls;
}

describe("the converter", () => {
  test("makes one order and one identify of a sale: earliest paid line's time, no free lines, no names", async () => {
    const calls = (await convert(CSV)).filter(({ messageId }) => messageId.startsWith("100"));
    expect(calls).toEqual([
      {
        type: "identify",
        messageId: "100-identify",
        userId: "1",
        timestamp: "2011-01-01T09:04:00.000Z",
        traits: { country: "United Kingdom" },
      },
      {
        type: "track",
        event: "Order Completed",
        messageId: "100",
        userId: "1",
        timestamp: "2011-01-01T09:04:00.000Z",
        properties: {
          order_id: "100",
          revenue: 22.08,
          currency: "GBP",
          products: [
            { product_id: "A1", quantity: 6, price: 2.55 },
            { product_id: "A2", quantity: 2, price: 3.39 },
          ],
        },
      },
    ]);
  });

  test("makes one refund of a cancellation, under its own number, with positive figures", async () => {
    const [refund, ...more] = (await convert(CSV)).filter(({ messageId }) => messageId.startsWith("C103"));
    expect(more).toEqual([]);
    expect(refund).toMatchObject({
      event: "Order Refunded",
      messageId: "C103",
      userId: "1",
      properties: { order_id: "C103", revenue: 5.1, products: [{ product_id: "A1", quantity: 2, price: 2.55 }] },
    });
  });

  test("rounds an invoice once, to whole pence", async () => {
    const order = (await convert(CSV)).find(({ messageId }) => messageId === "101");
    // 12.5 p and three times 1 p: 15.5 p.
    expect(order?.properties?.revenue).toBe(0.16);
  });

  test("leaves out lines without a customer and free cancellations, and keeps who only got something free", async () => {
    const calls = await convert(CSV);
    expect(calls.map(({ messageId }) => messageId)).toEqual([
      "101-identify",
      "101",
      "C103",
      "100-identify",
      "100",
      "C104",
      "105-identify",
    ]);
  });

  test("is in order of time, whatever the order of the file", async () => {
    const times = (await convert(CSV)).map(({ timestamp }) => timestamp);
    expect(times).toEqual(times.toSorted());
  });

  test("writes a file that is gzipped if it is called so, from a CSV that may be gzipped", async () => {
    using folder = temporaryFolder({ "in.csv.gz": gzipSync(readFileSync(CSV)) });
    const out = `${folder.path}/out.ndjson.gz`;
    const ran = await runStrata(["convert-online-retail", `${folder.path}/in.csv.gz`, out, "--json"]);
    expect(ran.exitCode).toBe(0);
    expect(JSON.parse(ran.stdout)).toEqual({ invoices: 5, calls: 7, out });
    expect(gunzipSync(readFileSync(out)).toString("utf8").trim().split("\n")).toHaveLength(7);
  });

  test("says which row it cannot read, and leaves no half-written file", async () => {
    using folder = temporaryFolder({ "in.csv": `${readFileSync(CSV, "utf8")}"107","A","B",x,"soon",1,9,"Italy"\n` });
    const ran = await runStrata(["convert-online-retail", `${folder.path}/in.csv`, `${folder.path}/out.ndjson`]);
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain("in.csv:12: not an invoice line");
    expect(readdirSync(folder.path)).toEqual(["in.csv"]);
  });

  test("says which columns another file lacks", async () => {
    using folder = temporaryFolder({ "in.csv": "InvoiceNo,Quantity\n1,2\n" });
    const ran = await runStrata(["convert-online-retail", `${folder.path}/in.csv`, `${folder.path}/out`]);
    expect(ran.stderr).toContain("StockCode, InvoiceDate, UnitPrice, CustomerID, Country");
  });
});

test("the sample's totals are those counted straight from the CSV", () => {
  const totals = JSON.parse(
    readFileSync(fixture("../../../fixtures/online-retail-sample-totals.json"), "utf8"),
  ) as object;
  const lines = gunzipSync(readFileSync(SAMPLE)).toString("utf8").trim().split("\n");
  const calls = lines.map((line) => JSON.parse(line) as Call);
  const orders = calls.filter(({ event }) => event === "Order Completed");
  const refunds = calls.filter(({ event }) => event === "Order Refunded");
  const pence = (some: Call[]): number =>
    some.reduce((sum, { properties }) => sum + Math.round((properties?.revenue ?? 0) * 100), 0);
  const times = calls.map(({ timestamp }) => timestamp);
  expect(totals).toMatchObject({
    people: new Set(calls.map(({ userId }) => userId)).size,
    buyers: new Set(orders.map(({ userId }) => userId)).size,
    orders: orders.length,
    revenueMinor: pence(orders),
    refunds: refunds.length,
    refundsMinor: pence(refunds),
  });
  expect(times).toEqual(times.toSorted());
  expect(calls.every(({ userId }) => isSampleCustomer(userId))).toBe(true);
  expect(new Set(calls.map(({ messageId }) => messageId)).size).toBe(calls.length);
  expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBeLessThan(32 * 1024);
});

test("prices are read as whole thousandths", () => {
  expect(["2.55", "0.001", "11062.06", "3", "-1.5"].map(parseMills)).toEqual([2550, 1, 11062060, 3000, -1500]);
  expect(["", "1.0001", "1e3", "a", "."].map(parseMills)).toEqual(Array(5).fill(undefined));
});

test("CSV rows are the same however the text is cut into pieces", () => {
  const cell = fc.stringMatching(/^[a-z",\n ]{0,6}$/);
  const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1 });
  fc.assert(
    fc.property(
      table,
      fc.array(fc.nat(5)),
      fc.constantFrom("\n", "\r\n"),
      fc.boolean(),
      (rows, cuts, eol, endsInBreak) => {
        const text = rows.map((cells) => cells.map((each) => `"${each.replaceAll('"', '""')}"`).join(",")).join(eol);
        const csv = new CsvRows();
        const found: string[][] = [];
        let at = 0;
        for (const cut of cuts) {
          found.push(...csv.feed(text.slice(at, at + cut)));
          at += cut;
        }
        found.push(...csv.feed(text.slice(at) + (endsInBreak ? eol : "")), ...csv.end());
        expect(found).toEqual(rows);
      },
    ),
    { numRuns: 1000 },
  );
});
