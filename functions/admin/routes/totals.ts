import { writeInstant } from "#events/admin-api/answer.ts";
import { Totals } from "#events/admin-api/totals.ts";
import { defineRoute } from "../route.ts";
import { scanTotals } from "../scan-totals.ts";

export const getTotals = defineRoute({
  method: "GET",
  path: "/admin/v1/totals",
  role: "viewer",
  tag: "Totals",
  summary: "Add up everyone",
  description:
    "An exact scan of all profiles: its cost grows with their number. The memberships' counts are kept as the last exact figures.",
  answers: { 200: { description: "The sums, in the project's currency.", schema: Totals } },
  refusals: { 503: "scan_too_long" },
  async handle({ now }, ports) {
    const { project, membershipKeys } = await ports.inForce();
    const totals = await scanTotals(ports);
    // A membership that nobody holds has an exact figure too.
    const counts = new Map([...Array.from(membershipKeys, (key) => [key, 0] as const), ...totals.memberships]);
    await ports.metrics.recordMembershipCounts(counts, now);
    const money = (amount: number) => ({ amount, currency: project.currency });
    return {
      status: 200,
      body: {
        people: totals.people,
        buyers: totals.buyers,
        orders: totals.orders,
        revenue: money(totals.revenueMinor),
        refunds: { count: totals.refunds, amount: money(totals.refundedMinor) },
        memberships: Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1))),
        exact: true,
        at: writeInstant(now),
      },
    };
  },
});
