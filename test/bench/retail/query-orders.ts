import { DuckDBInstance } from "@duckdb/node-api";
import * as z from "zod";

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

/** Asks DuckDB about the orders of a file: the table `orders (customer, id, placed, pence)`, made without any of our code.
 *  @param file the Online Retail CSV, or its calls as NDJSON; either may be gzipped. */
export async function queryOrders<Row extends z.ZodType>(
  file: string,
  query: string,
  row: Row,
): Promise<z.infer<Row>[]> {
  const database = await DuckDBInstance.create(":memory:");
  const connection = await database.connect();
  try {
    const orders = /\.ndjson(\.gz)?$/.test(file) ? ORDERS_OF_CALLS : ORDERS_OF_CSV;
    const quoted = `'${file.replaceAll("'", "''")}'`;
    await connection.run(`CREATE TABLE orders AS ${orders.replace("$file", () => quoted)}`);
    const found = await connection.runAndReadAll(query);
    return z.array(row).parse(found.getRowObjectsJson());
  } finally {
    connection.closeSync();
    database.closeSync();
  }
}
