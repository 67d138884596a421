import * as z from "zod";
import { queryOrders } from "../retail/query-orders.ts";

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
export function scoreInSql(file: string): Promise<Scored[]> {
  return queryOrders(file, RFM, Scored);
}
