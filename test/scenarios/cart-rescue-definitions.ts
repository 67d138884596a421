import type { Definition } from "./administration.ts";

/** Definitions as change sets put them: a shop that rescues carts by e-mail, an hour after the last look, and tells of prices that
 *  drop at once. Marketing is quiet from nine to eight. */
export const cartRescueDefinitions: readonly Definition[] = [
  {
    kind: "setting",
    name: "project",
    timeZone: "UTC",
    currency: "USD",
    quietHours: { from: "21:00", to: "08:00" },
    languages: ["en", "zh"],
  },
  {
    kind: "channel",
    name: "email",
    channel: "email",
    adapter: "ses",
    options: { from: "hello@shop.example", fromName: "Shop" },
    rate: { max: 50, per: "second" },
  },
  {
    kind: "journey",
    name: "cart-rescue",
    trigger: { event: "Product Added" },
    entry: { once: { per: "7d" } },
    goal: { event: "Order Completed", within: "3d" },
    steps: [
      { waitFor: { event: "Order Completed", for: "1h", then: "end" } },
      { send: { channel: "email", template: "cart-rescue", category: "marketing" } },
    ],
  },
  {
    kind: "template",
    name: "cart-rescue",
    channel: "email",
    category: "marketing",
    locales: {
      en: { subject: "Your {{ event.properties.name }} is still here", body: bodyOf("Back to your cart") },
      zh: { subject: "{{ event.properties.name }}还在购物车里", body: bodyOf("回到购物车") },
    },
  },
  {
    kind: "journey",
    name: "price-drop",
    trigger: { event: "Price Dropped" },
    steps: [{ send: { channel: "email", template: "price-drop", category: "marketing" } }],
  },
  {
    kind: "template",
    name: "price-drop",
    channel: "email",
    category: "marketing",
    locales: { en: { subject: "It costs less now", body: bodyOf("Have a look") } },
  },
];

function bodyOf(call: string): string {
  return `<p>Hello {{ person.traits.firstName | default: "there" }}</p>
<p><a href="https://shop.example/cart?a=1&amp;b=2">${call}</a></p>
<p><a href="{{ links.preferences }}">What you get</a> <a href="{{ links.unsubscribe }}">Unsubscribe</a></p>`;
}
