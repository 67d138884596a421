import type { RenderJob } from "#domain/templates/rendering.ts";

export const SCOPE = {
  person: {
    profileId: "p_1",
    traits: { name: "Ann", city: "上海" },
    orders: { count: 3, revenue: 459 },
    tiers: { value: "high" },
    tags: ["frequent-buyer"],
  },
  event: { name: "Product Added", properties: { product: "Tea & Cake <b>" } },
  arm: "coupon",
  journey: { name: "cart-rescue" },
  links: { unsubscribe: "https://shop.example/u/1?a=1&b=2", preferences: "https://shop.example/u/2" },
};

/** A job with these fields changed. */
export function aJob(changes: Partial<RenderJob> & Pick<RenderJob, "content">): RenderJob {
  return {
    channel: "email",
    category: "transactional",
    partials: {},
    scope: SCOPE,
    timeZone: "UTC",
    now: Date.parse("2026-03-01T09:30:00Z"),
    untracked: Object.values(SCOPE.links),
    ...changes,
  };
}

export function anEmailJob(content: RenderJob["content"], changes: Partial<RenderJob> = {}): RenderJob {
  return aJob({ ...changes, content });
}
