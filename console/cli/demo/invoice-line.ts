import { CliError } from "../cli-error.ts";
import { openText } from "../open-text.ts";
import { CsvRows } from "./csv-rows.ts";

/** One line of an Online Retail invoice whose customer is known. */
export interface InvoiceLine {
  readonly invoice: string;
  readonly isCancellation: boolean;
  readonly productId: string;
  /** Negative on cancellations. */
  readonly quantity: number;
  /** Thousandths of a pound, for the file's prices have up to three decimals. 0: given away, and no part of an order. */
  readonly priceMills: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly customer: string;
  readonly country: string;
}

const COLUMNS = ["InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"] as const;
type Column = (typeof COLUMNS)[number];

/** Streams the lines of an Online Retail CSV (optionally gzipped), leaving out those without a customer. Throws CliError `not_online_retail` naming the row that cannot be read. */
export async function* readInvoiceLines(path: string): AsyncIterable<InvoiceLine[]> {
  const { chunks } = await openText(path);
  const csv = new CsvRows();
  let columns: Record<Column, number> | undefined;
  let row = 0;
  const take = (rows: string[][]): InvoiceLine[] => {
    const lines: InvoiceLine[] = [];
    for (const cells of rows) {
      row++;
      if (columns === undefined) {
        columns = findColumns(cells, path);
        continue;
      }
      const line = parseLine(cells, columns, `${path}:${row}`);
      if (line !== undefined) lines.push(line);
    }
    return lines;
  };
  for await (const chunk of chunks) yield take(csv.feed(chunk));
  yield take(csv.end());
  if (columns === undefined) throw new CliError("not_online_retail", `${path} is empty`);
}

function findColumns(header: readonly string[], path: string): Record<Column, number> {
  const clean = header.map((name) => name.replace(/^\uFEFF/, "").replaceAll(/\s/g, ""));
  const missing = COLUMNS.filter((name) => !clean.includes(name));
  if (missing.length > 0)
    throw new CliError("not_online_retail", `${path} has no column ${missing.join(", ")}`, {
      hint: `The first row must name the columns ${COLUMNS.join(", ")}.`,
    });
  return Object.fromEntries(COLUMNS.map((name) => [name, clean.indexOf(name)])) as Record<Column, number>;
}

function parseLine(cells: readonly string[], columns: Record<Column, number>, where: string): InvoiceLine | undefined {
  const cell = (name: Column): string => cells[columns[name]] ?? "";
  const customer = cell("CustomerID");
  if (customer === "") return undefined;
  const priceMills = parseMills(cell("UnitPrice"));
  const quantity = Number(cell("Quantity"));
  const at = Date.parse(cell("InvoiceDate"));
  if (priceMills === undefined || !Number.isSafeInteger(quantity) || Number.isNaN(at) || cell("InvoiceNo") === "")
    throw new CliError("not_online_retail", `${where}: not an invoice line: ${cells.join(",").slice(0, 200)}`);
  const invoice = cell("InvoiceNo");
  return {
    invoice,
    isCancellation: invoice.startsWith("C"),
    productId: cell("StockCode"),
    quantity,
    priceMills: Math.max(priceMills, 0),
    at,
    customer,
    country: cell("Country"),
  };
}

/** Reads decimal text as a whole number of thousandths without passing through a binary fraction. */
export function parseMills(text: string): number | undefined {
  const match = /^(-?)(\d+)(?:\.(\d{1,3}))?$/.exec(text);
  if (match === null) return undefined;
  const [, sign, whole, fraction = ""] = match;
  const mills = Number(whole) * 1000 + Number(fraction.padEnd(3, "0"));
  return sign === "-" ? -mills : mills;
}
