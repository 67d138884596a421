/** Properties of the Segment e-commerce spec that are amounts of money. They are stamped in minor units of the project's
 *  currency on collection, and rules compare and add them in that currency; every other number is a plain number. */
export const MONETARY_PROPERTIES: ReadonlySet<string> = new Set([
  "revenue",
  "total",
  "subtotal",
  "value",
  "price",
  "shipping",
  "tax",
  "discount",
]);
