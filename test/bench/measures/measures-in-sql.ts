import * as z from "zod";
import { queryOrders } from "../retail/query-orders.ts";

/** The measures of a shop's orders, as SQL counts them. */
export const OrderMeasures = z.object({
  buyers: z.int(),
  orders: z.int(),
  revenue: z.int(),
  averageOrderValue: z.number(),
  repurchaseRate: z.number(),
  medianDaysBetweenPurchases: z.int(),
  meanDaysBetweenPurchases: z.number(),
});
export type OrderMeasures = z.infer<typeof OrderMeasures>;

/** One calendar day of the shop. */
const DayMeasures = z.object({ day: z.int(), buyers: z.int(), orders: z.int(), revenue: z.int() });
export type DayMeasures = z.infer<typeof DayMeasures>;

/** Days between purchases: calendar days in the shop's zone from each order to the same customer's next; their median is
 *  the nearest-rank one. Repurchase: customers with two orders or more, of all who ordered. Amounts in pence. */
const MEASURES = `
  WITH dated AS (SELECT *, timezone('Europe/London', placed)::DATE AS day FROM orders),
  buyers AS (SELECT customer, count(*) AS orders FROM orders GROUP BY customer),
  pauses AS (
    SELECT day - lag(day) OVER (PARTITION BY customer ORDER BY placed, id) AS days FROM dated
    QUALIFY days IS NOT NULL
  ),
  ranked AS (SELECT days, row_number() OVER (ORDER BY days) AS rank, count(*) OVER () AS n FROM pauses)
  SELECT
    (SELECT count(*) FROM buyers)::INTEGER AS buyers,
    (SELECT count(*) FROM orders)::INTEGER AS orders,
    (SELECT sum(pence) FROM orders)::DOUBLE AS revenue,
    (SELECT sum(pence)::DOUBLE / count(*) FROM orders) AS averageOrderValue,
    (SELECT count(*) FILTER (orders >= 2)::DOUBLE / count(*) FROM buyers) AS repurchaseRate,
    (SELECT days FROM ranked WHERE rank = (n + 1) // 2)::INTEGER AS medianDaysBetweenPurchases,
    (SELECT sum(days)::DOUBLE / count(*) FROM pauses) AS meanDaysBetweenPurchases`;

/** Days are counted from 1970-01-01. */
const BY_DAY = `
  SELECT (timezone('Europe/London', placed)::DATE - DATE '1970-01-01')::INTEGER AS day,
    count(DISTINCT customer)::INTEGER AS buyers, count(*)::INTEGER AS orders, sum(pence)::DOUBLE AS revenue
  FROM orders GROUP BY 1 ORDER BY 1`;

/** Measures a file by a query that knows the definitions and none of the code.
 *  @param file the Online Retail CSV, or its calls as NDJSON; either may be gzipped. */
export async function measureInSql(file: string): Promise<{ overall: OrderMeasures; days: DayMeasures[] }> {
  const [overall] = await queryOrders(file, MEASURES, OrderMeasures);
  return { overall: OrderMeasures.parse(overall), days: await queryOrders(file, BY_DAY, DayMeasures) };
}
