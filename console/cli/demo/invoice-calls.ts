import type { InvoiceLine } from "./invoice-line.ts";

/** An invoice's lines, gathered. */
export interface Invoice {
  readonly first: InvoiceLine;
  readonly lines: InvoiceLine[];
  /** Its earliest line that is not free (of a wholly free invoice, its earliest line): milliseconds since 1970. */
  readonly at: number;
}

/** Amount of an invoice in whole pence: summed in thousandths of a pound, rounded once, half up; positive for
 *  cancellations too, whose quantities are negative. */
export function invoicePence(lines: readonly InvoiceLine[]): number {
  const mills = lines.reduce((sum, line) => sum + line.quantity * line.priceMills, 0);
  return Math.floor((Math.abs(mills) + 5) / 10);
}

/** The Segment calls of one invoice, its free lines left out: of a sale an identify that carries the country and an
 *  `Order Completed`, of a cancellation an `Order Refunded`. Where every line of a sale is free there is no order, but
 *  the customer is still known by the identify: one of the file's 4,372 customers only ever received samples. Their messageIds are made of the invoice number alone, so sending an invoice again
 *  on any day is recognised as the same. */
export function invoiceCalls(invoice: Invoice): Record<string, unknown>[] {
  const { first } = invoice;
  const paid = invoice.lines.filter((line) => line.priceMills > 0);
  const timestamp = new Date(invoice.at).toISOString();
  const order = {
    order_id: first.invoice,
    revenue: invoicePence(paid) / 100,
    currency: "GBP",
    products: paid.map((line) => ({
      product_id: line.productId,
      quantity: Math.abs(line.quantity),
      price: line.priceMills / 1000,
    })),
  };
  const track = {
    type: "track",
    event: first.isCancellation ? "Order Refunded" : "Order Completed",
    messageId: first.invoice,
    userId: first.customer,
    timestamp,
    properties: order,
  };
  if (first.isCancellation) return paid.length === 0 ? [] : [track];
  const identify = {
    type: "identify",
    messageId: `${first.invoice}-identify`,
    userId: first.customer,
    timestamp,
    traits: { country: first.country },
  };
  return paid.length === 0 ? [identify] : [identify, track];
}
