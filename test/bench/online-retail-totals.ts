/** Counts the Online Retail CSV in SQL, sharing no code with the converter whose output it judges.
 *
 *  `node test/bench/online-retail-totals.ts <csv[.gz]> [--sample]` prints the totals as JSON. With --sample it counts the
 *  demo's customers alone; its output is test/fixtures/online-retail-sample-totals.json. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { gunzipSync } from "node:zlib";

const LINE =
  /^"(?<invoice>[^"]*)","[^"]*",(?:"(?:[^"]|"")*")?,(?<quantity>-?\d+),"(?<time>[^"]*)",(?<price>-?[\d.]+),(?<customer>\d*),"(?<country>[^"]*)"$/;

const TOTALS = `
  WITH paid AS (
    SELECT invoice, invoice LIKE 'C%' AS cancelled, customer, SUM(quantity * CAST(ROUND(price * 1000) AS INTEGER)) AS mills
    FROM lines WHERE price > 0 GROUP BY invoice
  ), invoices AS (
    SELECT invoice, cancelled, customer, CAST(ROUND(ABS(mills) / 10.0) AS INTEGER) AS pence FROM paid
  )
  SELECT
    (SELECT COUNT(DISTINCT customer) FROM lines) AS people,
    (SELECT COUNT(DISTINCT customer) FROM invoices WHERE NOT cancelled) AS buyers,
    (SELECT COUNT(*) FROM invoices WHERE NOT cancelled) AS orders,
    (SELECT SUM(pence) FROM invoices WHERE NOT cancelled) AS revenueMinor,
    (SELECT COUNT(*) FROM invoices WHERE cancelled) AS refunds,
    (SELECT SUM(pence) FROM invoices WHERE cancelled) AS refundsMinor,
    (SELECT COUNT(*) FROM (SELECT 1 FROM invoices WHERE NOT cancelled GROUP BY customer HAVING COUNT(*) >= 10)) AS buyersWith10OrMoreOrders,
    (SELECT COUNT(*) FROM (SELECT 1 FROM invoices WHERE NOT cancelled GROUP BY customer HAVING COUNT(*) = 1)) AS buyersWith1Order,
    (SELECT COUNT(*) FROM (SELECT 1 FROM invoices WHERE NOT cancelled GROUP BY customer HAVING SUM(pence) >= 200000)) AS buyersOf2000PoundsOrMore,
    (SELECT COUNT(*) FROM (SELECT 1 FROM invoices WHERE cancelled GROUP BY customer HAVING COUNT(*) >= 2)) AS peopleWith2OrMoreRefunds,
    (SELECT MIN(time) FROM lines) AS firstTime,
    (SELECT MAX(time) FROM lines) AS lastTime`;

function countTotals(csv: string, keep: (customer: string) => boolean): unknown {
  const database = new DatabaseSync(":memory:");
  database.exec("CREATE TABLE lines (invoice TEXT, quantity INTEGER, time TEXT, price REAL, customer TEXT)");
  const insert = database.prepare("INSERT INTO lines VALUES (?, ?, ?, ?, ?)");
  database.exec("BEGIN");
  for (const line of csv.trimEnd().split(/\r?\n/).slice(1)) {
    const cells = LINE.exec(line)?.groups;
    if (cells === undefined) throw new Error(`not understood: ${line}`);
    const { invoice = "", quantity = "", time = "", price = "", customer = "" } = cells;
    if (customer === "" || !keep(customer)) continue;
    insert.run(invoice, Number(quantity), time, Number(price), customer);
  }
  database.exec("COMMIT");
  return database.prepare(TOTALS).get();
}

/** The sample's customers: those whose hash falls among the lowest 4,900 of 65,536. */
function inSample(customer: string): boolean {
  const hex = createHash("sha256").update(`strata:${customer}`).digest("hex");
  return Number.parseInt(hex.slice(0, 4), 16) < 4900;
}

const [path, flag] = process.argv.slice(2);
if (path === undefined) throw new Error("usage: node test/bench/online-retail-totals.ts <csv[.gz]> [--sample]");
const file = readFileSync(path);
const csv = (file[0] === 0x1f && file[1] === 0x8b ? gunzipSync(file) : file).toString("utf8");
process.stdout.write(`${JSON.stringify(countTotals(csv, flag === "--sample" ? inSample : () => true), null, 2)}\n`);
