import { type Invoice, invoiceCalls } from "./invoice-calls.ts";
import { readInvoiceLines } from "./invoice-line.ts";
import { isSampleCustomer } from "./sample-customer.ts";

/** One invoice's calls as NDJSON lines. */
export type ConvertedInvoice = readonly string[];

/** Converts the UCI Online Retail CSV into Segment calls, in order of time (then of the invoice's place in the file).
 *
 *  It reads the file twice. The first pass learns each invoice's earliest time and number of lines, so that the second
 *  can hand out an invoice the moment it and all earlier ones are complete: memory holds one small record per invoice
 *  and the products of the few that are open, not the file. */
export async function* convertOnlineRetail(
  path: string,
  options: { sampleOnly?: boolean } = {},
): AsyncIterable<ConvertedInvoice> {
  const outlines = await outlineInvoices(path, options.sampleOnly ?? false);
  const order = [...outlines].sort(([, a], [, b]) => a.at - b.at).map(([invoice]) => invoice);
  const open = new Map<string, Invoice>();
  let next = 0;
  for await (const lines of readInvoiceLines(path)) {
    for (const line of lines) {
      const outline = outlines.get(line.invoice);
      if (outline === undefined) continue;
      const invoice = open.get(line.invoice);
      if (invoice === undefined) open.set(line.invoice, { first: line, lines: [line], at: outline.at });
      else invoice.lines.push(line);
    }
    for (; next < order.length; next++) {
      const number = order[next] ?? "";
      const invoice = open.get(number);
      if (invoice === undefined || invoice.lines.length < (outlines.get(number)?.lines ?? 0)) break;
      open.delete(number);
      const calls = invoiceCalls(invoice);
      if (calls.length > 0) yield calls.map((call) => JSON.stringify(call));
    }
  }
}

interface Outline {
  at: number;
  lines: number;
  /** So far every line was free. */
  free: boolean;
}

async function outlineInvoices(path: string, sampleOnly: boolean): Promise<Map<string, Outline>> {
  const outlines = new Map<string, Outline>();
  for await (const lines of readInvoiceLines(path)) {
    for (const line of lines) {
      if (sampleOnly && !isSampleCustomer(line.customer)) continue;
      const outline = outlines.get(line.invoice);
      const free = line.priceMills === 0;
      if (outline === undefined) {
        outlines.set(line.invoice, { at: line.at, lines: 1, free });
        continue;
      }
      if (outline.free === free) outline.at = Math.min(outline.at, line.at);
      else if (outline.free) outline.at = line.at;
      outline.free &&= free;
      outline.lines++;
    }
  }
  return outlines;
}
