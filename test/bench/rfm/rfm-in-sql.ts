import { DuckDBInstance } from "@duckdb/node-api";
import * as z from "zod";

/** One customer as SQL scores it. */
const Scored = z.object({
  customer: z.string(),
  r: z.int(),
  f: z.int(),
  m: z.int(),
  fm: z.int(),
  segment: z.string(),
  pence: z.int(),
});
export type Scored = z.infer<typeof Scored>;

/** Orders out of the Online Retail CSV: an invoice that is no cancellation, its lines that are free left out; placed when
 *  its first line was written. */
const ORDERS_OF_CSV = `
  SELECT CustomerID AS customer, InvoiceNo AS id, min(InvoiceDate::TIMESTAMPTZ) AS placed,
    (round(sum(Quantity::INTEGER * UnitPrice::DECIMAL(12, 3)), 2) * 100)::BIGINT AS pence
  FROM read_csv($file, header = true, all_varchar = true)
  WHERE CustomerID IS NOT NULL AND UnitPrice::DECIMAL(12, 3) > 0 AND InvoiceNo NOT LIKE 'C%'
  GROUP BY ALL`;

/** The same out of calls, as `strata convert-online-retail` writes them. */
const ORDERS_OF_CALLS = `
  SELECT userId AS customer, properties.order_id AS id, min(timestamp::TIMESTAMPTZ) AS placed,
    max(round(properties.revenue::DOUBLE * 100))::BIGINT AS pence
  FROM read_json($file, format = 'newline_delimited', columns = {
    event: 'VARCHAR', userId: 'VARCHAR', timestamp: 'VARCHAR', properties: 'STRUCT(order_id VARCHAR, revenue DOUBLE)'
  })
  WHERE event = 'Order Completed'
  GROUP BY ALL`;

/** RFM as the design defines it. Recency: calendar days since the last order, in the project's zone; frequency: orders;
 *  money: gross revenue. Thresholds: the nearest-rank 20, 40, 60 and 80 % over all buyers. A score is 1 and the number of
 *  thresholds strictly below the value; for recency less is better, so it is turned round. FM: the mean of F and M, a half
 *  rounded up. Segments: first match wins. */
const RFM = `
  WITH buyers AS (
    SELECT customer, count(*) AS orders, sum(pence) AS pence,
      DATE '2011-12-10' - max(timezone('Europe/London', placed)::DATE) AS days
    FROM orders GROUP BY customer
  ),
  ranked AS (
    SELECT *, count(*) OVER () AS n,
      row_number() OVER (ORDER BY days) AS days_rank,
      row_number() OVER (ORDER BY orders) AS orders_rank,
      row_number() OVER (ORDER BY pence) AS pence_rank
    FROM buyers
  ),
  thresholds AS (
    SELECT k,
      (SELECT days FROM ranked WHERE days_rank = (k * n + 4) // 5) AS days,
      (SELECT orders FROM ranked WHERE orders_rank = (k * n + 4) // 5) AS orders,
      (SELECT pence FROM ranked WHERE pence_rank = (k * n + 4) // 5) AS pence
    FROM range(1, 5) AS rungs(k)
  ),
  scored AS (
    SELECT customer, pence,
      6 - (1 + (SELECT count(*) FROM thresholds WHERE thresholds.days < buyers.days)) AS r,
      1 + (SELECT count(*) FROM thresholds WHERE thresholds.orders < buyers.orders) AS f,
      1 + (SELECT count(*) FROM thresholds WHERE thresholds.pence < buyers.pence) AS m
    FROM buyers
  ),
  meant AS (SELECT *, floor((f + m) / 2 + 0.5) AS fm FROM scored)
  SELECT customer, r::INTEGER AS r, f::INTEGER AS f, m::INTEGER AS m, fm::INTEGER AS fm, pence::DOUBLE AS pence,
    CASE
      WHEN r = 5 AND fm IN (4, 5) THEN 'champions'
      WHEN r IN (3, 4) AND fm IN (4, 5) THEN 'loyal'
      WHEN r IN (4, 5) AND fm IN (2, 3) THEN 'potential-loyalist'
      WHEN r = 5 AND fm = 1 THEN 'new'
      WHEN r IN (1, 2) AND fm = 5 THEN 'cannot-lose'
      WHEN r = 1 AND fm IN (1, 2) THEN 'lost'
      WHEN r = 4 AND fm = 1 THEN 'promising'
      WHEN r = 3 AND fm = 3 THEN 'needs-attention'
      WHEN r = 3 AND fm IN (1, 2) THEN 'about-to-sleep'
      WHEN r IN (1, 2) AND fm IN (3, 4) THEN 'at-risk'
      WHEN r = 2 AND fm IN (1, 2) THEN 'hibernating'
    END AS segment
  FROM meant ORDER BY customer`;

/** Scores the customers of a file on 10 December 2011 by a query that knows the definitions and none of the code.
 *  @param file the Online Retail CSV, or its calls as NDJSON; either may be gzipped. */
export async function scoreInSql(file: string): Promise<Scored[]> {
  const database = await DuckDBInstance.create(":memory:");
  const connection = await database.connect();
  try {
    const orders = /\.ndjson(\.gz)?$/.test(file) ? ORDERS_OF_CALLS : ORDERS_OF_CSV;
    const quoted = `'${file.replaceAll("'", "''")}'`;
    await connection.run(`CREATE TABLE orders AS ${orders.replace("$file", () => quoted)}`);
    const found = await connection.runAndReadAll(RFM);
    return z.array(Scored).parse(found.getRowObjectsJson());
  } finally {
    connection.closeSync();
    database.closeSync();
  }
}
