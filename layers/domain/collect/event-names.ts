/** The e-commerce events of the Segment spec (v2). */
const COMMERCE_EVENTS = [
  "Products Searched",
  "Product List Viewed",
  "Product List Filtered",
  "Promotion Viewed",
  "Promotion Clicked",
  "Product Clicked",
  "Product Viewed",
  "Product Added",
  "Product Removed",
  "Cart Viewed",
  "Checkout Started",
  "Checkout Step Viewed",
  "Checkout Step Completed",
  "Payment Info Entered",
  "Order Completed",
  "Order Updated",
  "Order Refunded",
  "Order Cancelled",
  "Coupon Entered",
  "Coupon Applied",
  "Coupon Denied",
  "Coupon Removed",
  "Product Added to Wishlist",
  "Product Removed from Wishlist",
  "Wishlist Product Added to Cart",
  "Product Shared",
  "Cart Shared",
  "Product Reviewed",
] as const;

/** The first version of that spec put the verb first. */
const V1_NAMES: Readonly<Record<string, string>> = {
  "Searched Products": "Products Searched",
  "Viewed Product Category": "Product List Viewed",
  "Viewed Product": "Product Viewed",
  "Clicked Product": "Product Clicked",
  "Added Product": "Product Added",
  "Removed Product": "Product Removed",
  "Viewed Cart": "Cart Viewed",
  "Viewed Promotion": "Promotion Viewed",
  "Clicked Promotion": "Promotion Clicked",
  "Started Checkout": "Checkout Started",
  "Viewed Checkout Step": "Checkout Step Viewed",
  "Completed Checkout Step": "Checkout Step Completed",
  "Entered Payment Info": "Payment Info Entered",
  "Completed Order": "Order Completed",
  "Updated Order": "Order Updated",
  "Refunded Order": "Order Refunded",
  "Cancelled Order": "Order Cancelled",
  "Canceled Order": "Order Cancelled",
  "Order Canceled": "Order Cancelled",
};

const RENAMED = new Map(Object.entries(V1_NAMES));
const PASCAL_CASE = new Map<string, string>(
  [...COMMERCE_EVENTS, ...RENAMED.keys()].map((name) => [
    name.replaceAll(/(?:^| )(.)/g, (_, c: string) => c.toUpperCase()),
    name,
  ]),
);

/** Today's name of a v1 e-commerce event; every other name as it is. */
export function modernName(event: string): string {
  return RENAMED.get(event) ?? event;
}

/** `OrderCompleted`, as apps with Sensors SDKs name it, is `Order Completed`: commerce names only, since nobody knows
 *  where the words of another name end. */
export function spacedName(event: string): string {
  return modernName(PASCAL_CASE.get(event) ?? event);
}
