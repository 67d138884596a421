import type { OrderChange } from "#events/collected-event.ts";
import { asObject, type JsonObject } from "./json-object.ts";
import { type MoneyReader, readAmount } from "./money.ts";
import { CallRefusedError } from "./refusals.ts";

const KINDS: ReadonlyMap<string, OrderChange["kind"]> = new Map([
  ["Order Completed", "completed"],
  ["Order Updated", "updated"],
  ["Order Cancelled", "cancelled"],
  ["Order Refunded", "refunded"],
]);
const MAX_ORDER_ID_BYTES = 255;

/** What an order event says (definitions.md, Orders); undefined for every other event. The messageId stands in for a
 *  missing order id. A refund's amount is kept positive, whichever sign the shop writes. */
export function readOrderChange(
  event: string,
  properties: JsonObject,
  messageId: string,
  money: MoneyReader,
): OrderChange | undefined {
  const kind = KINDS.get(event);
  if (kind === undefined) return undefined;
  const id = readOrderId(properties.order_id ?? properties.orderId) ?? messageId;
  if (kind === "cancelled") return { kind, id };
  const amount = readOrderAmount(properties, money);
  const items = countItems(properties.products);
  return {
    kind,
    id,
    ...(amount !== undefined && { amountMinor: kind === "refunded" ? Math.abs(amount) : amount }),
    ...(items !== undefined && { items }),
  };
}

function readOrderId(given: unknown): string | undefined {
  if (given === undefined || given === null) return undefined;
  const id = typeof given === "number" && Number.isSafeInteger(given) ? String(given) : given;
  if (typeof id !== "string" || Buffer.byteLength(id) > MAX_ORDER_ID_BYTES)
    throw new CallRefusedError("order_id_invalid");
  return id.trim() === "" ? undefined : id.trim();
}

/** `revenue`, else `total − shipping − tax`, else Σ price × quantity. */
function readOrderAmount(properties: JsonObject, money: MoneyReader): number | undefined {
  if (readAmount(properties.revenue) !== undefined) return money.toMinor(properties.revenue);
  if (readAmount(properties.total) !== undefined) {
    return money.sumToMinor([
      { amount: properties.total, times: 1 },
      { amount: readAmount(properties.shipping) ?? 0, times: -1 },
      { amount: readAmount(properties.tax) ?? 0, times: -1 },
    ]);
  }
  const priced = readProducts(properties.products).filter((product) => readAmount(product.price) !== undefined);
  if (priced.length === 0) return undefined;
  return money.sumToMinor(priced.map((product) => ({ amount: product.price, times: quantityOf(product) })));
}

function countItems(products: unknown): number | undefined {
  const list = readProducts(products);
  if (list.length === 0) return undefined;
  const count = Math.round(list.reduce((sum, product) => sum + quantityOf(product), 0));
  return Number.isSafeInteger(count) ? count : undefined;
}

function readProducts(products: unknown): JsonObject[] {
  return Array.isArray(products) ? products.map(asObject).filter((product) => product !== undefined) : [];
}

function quantityOf(product: JsonObject): number {
  return readAmount(product.quantity) ?? readAmount(product.qty) ?? 1;
}
