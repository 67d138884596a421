import fc from "fast-check";
import type { CollectedEvent } from "#events/collected-event.ts";

const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 0, 1);

const traitValue = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.integer({ min: -1000, max: 1000 }),
  fc.boolean(),
  fc.constant(null),
);

const traits = fc.record(
  {
    city: traitValue,
    plan: fc.constantFrom("free", "pro"),
    firstShop: fc.string({ maxLength: 5 }),
    points: fc.integer({ min: -50, max: 50 }),
    groups: fc.constantFrom("a", "b", "c"),
  },
  { requiredKeys: [] },
);

const order = fc.record({
  kind: fc.constantFrom("completed" as const, "updated" as const, "cancelled" as const, "refunded" as const),
  id: fc.constantFrom("o-1", "o-2", "o-3"),
  amountMinor: fc.integer({ min: 0, max: 100_000 }),
  items: fc.integer({ min: 1, max: 9 }),
});

const event = fc.record({
  at: fc.integer({ min: START, max: START + 40 * DAY_MS }),
  receivedAt: fc.integer({ min: START + 40 * DAY_MS, max: START + 44 * DAY_MS }),
  name: fc.constantFrom("Order Completed", "Product Viewed", "Page Viewed"),
  anonymous: fc.constantFrom("a-1", "a-2"),
  activity: fc.boolean(),
  category: fc.constantFrom("tea", "coffee"),
  amount: fc.integer({ min: -100, max: 100 }),
  platform: fc.option(fc.constantFrom("web", "ios"), { nil: undefined }),
  traits: fc.option(traits, { nil: undefined }),
  order: fc.option(order, { nil: undefined }),
  campaign: fc.option(fc.constantFrom("spring", "autumn"), { nil: undefined }),
  city: fc.option(fc.constantFrom("上海", "London"), { nil: undefined }),
  consent: fc.option(fc.record({ channel: fc.constantFrom("email", "sms"), granted: fc.boolean() }), {
    nil: undefined,
  }),
  unset: fc.boolean(),
});

/** Different events of one person, as collection would have stamped them, within the caps of model.md §3. Times are
 *  drawn so that many events share an instant. */
export function arbitraryEvents(options: { prefix?: string; maxLength?: number } = {}): fc.Arbitrary<CollectedEvent[]> {
  const { prefix = "m", maxLength = 14 } = options;
  return fc.array(event, { maxLength }).map((drawn) =>
    drawn.map((it, n): CollectedEvent => {
      const at = Math.floor(it.at / (6 * 3_600_000)) * 6 * 3_600_000;
      return {
        messageId: `${prefix}-${n}`,
        type: it.traits ? "identify" : "track",
        event: it.name,
        identifiers: [["anonymousId", it.anonymous]],
        at,
        receivedAt: it.receivedAt,
        day: Math.floor(at / DAY_MS),
        source: { name: "web", type: "web" },
        activity: it.activity,
        properties: { category: it.category, amount: it.amount },
        money: { revenue: it.amount },
        ...(it.traits && {
          traits: it.traits,
          traitModes: {
            firstShop: "setOnce" as const,
            points: "add" as const,
            groups: "append" as const,
            ...(it.unset && { city: "unset" as const }),
          },
        }),
        ...(it.order && { order: it.order }),
        ...(it.campaign && { acquisition: { campaign: it.campaign } }),
        ...(it.city && { place: { city: it.city } }),
        ...(it.platform && { device: { platform: it.platform } }),
        ...(it.consent && { consent: { purpose: "marketing", ...it.consent } }),
      };
    }),
  );
}
