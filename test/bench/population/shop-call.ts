import type { Action } from "./shop-action.ts";

/** The call by which a browser's SDK reports an action: about 1 KB of JSON, most of it context. */
export function callOf(action: Action): Record<string, unknown> {
  const { person, at, messageId, name, product } = action;
  const path = product ? `/products/${product.id}` : "/";
  const url = `https://shop.example.com${path}`;
  return {
    ...(name === "identify" ? { type: "identify", traits: person.traits } : callBody(action)),
    messageId,
    anonymousId: person.anonymousId,
    ...(person.userId !== undefined && { userId: person.userId }),
    timestamp: new Date(at).toISOString(),
    context: {
      library: { name: "analytics.js", version: "next-1.81.0" },
      page: {
        path,
        referrer: "https://shop.example.com/collections/hot-drinks-and-everything-to-make-them",
        search: "",
        title: product ? `Product ${product.id}, ${product.category} – The Example Shop` : "The Example Shop",
        url,
      },
      userAgent:
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
      userAgentData: {
        brands: [
          { brand: "Not/A)Brand", version: "8" },
          { brand: "Chromium", version: "126" },
          { brand: "Google Chrome", version: "126" },
        ],
        mobile: false,
        platform: "macOS",
      },
      locale: "en-GB",
      timezone: "Europe/London",
      sessionId: `${Math.floor(at / 1_800_000)}`,
    },
    integrations: {},
    _metadata: { bundled: ["Segment.io"], unbundled: ["Google Analytics 4"], bundledIds: [] },
  };
}

function callBody({ name, product, orderId, query }: Action): Record<string, unknown> {
  if (name === "Page Viewed") return { type: "page", properties: {} };
  if (name === "Products Searched") return { type: "track", event: name, properties: { query } };
  const goods = { product_id: product?.id, category: product?.category, price: product?.price, quantity: 1 };
  if (orderId === undefined) return { type: "track", event: name, properties: goods };
  return {
    type: "track",
    event: name,
    properties: { order_id: orderId, revenue: product?.price, currency: "GBP", products: [goods] },
  };
}
