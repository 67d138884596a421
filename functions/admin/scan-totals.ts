import { isAnybody } from "#domain/profile/is-anybody.ts";
import { sumOrders } from "#domain/profile/orders.ts";
import type { MembershipKey, Profile } from "#domain/profile/state.ts";
import { sumRefunds } from "#domain/profile/view.ts";
import { AdminError } from "./admin-error.ts";
import type { AdminPorts } from "./ports.ts";

/** Segments of the scan that run side by side. */
const SEGMENTS = 8;
/** An API's answer may take 29 s at the gateway. */
const DEADLINE_MS = 25_000;

export interface ScannedTotals {
  people: number;
  buyers: number;
  orders: number;
  revenueMinor: number;
  refunds: number;
  refundedMinor: number;
  readonly memberships: Map<MembershipKey, number>;
}

/** Adds up everyone by a parallel scan: exact for what is stored while it runs. Throws AdminError 503
 *  `scan_too_long` where there are too many people for one request. */
export async function scanTotals({ profiles, now }: Pick<AdminPorts, "profiles" | "now">): Promise<ScannedTotals> {
  const totals: ScannedTotals = {
    people: 0,
    buyers: 0,
    orders: 0,
    revenueMinor: 0,
    refunds: 0,
    refundedMinor: 0,
    memberships: new Map(),
  };
  const deadline = now() + DEADLINE_MS;

  async function scanSegment(segment: number): Promise<void> {
    let cursor: string | undefined;
    do {
      if (now() > deadline) {
        throw new AdminError(503, "scan_too_long", "there are too many people to add up within one request");
      }
      const page = await profiles.scan({ segment, segments: SEGMENTS, ...(cursor !== undefined && { cursor }) });
      for (const profile of page.profiles) if (isAnybody(profile.state)) addProfile(totals, profile);
      cursor = page.cursor;
    } while (cursor !== undefined);
  }

  await Promise.all(Array.from({ length: SEGMENTS }, (_, segment) => scanSegment(segment)));
  return totals;
}

function addProfile(totals: ScannedTotals, { state, memberships }: Profile): void {
  const orders = sumOrders(state);
  const refunds = sumRefunds(state);
  totals.people++;
  if (orders.count > 0) totals.buyers++;
  totals.orders += orders.count;
  totals.revenueMinor += orders.revenueMinor;
  totals.refunds += refunds.count;
  totals.refundedMinor += refunds.amountMinor;
  for (const key of memberships.keys()) totals.memberships.set(key, (totals.memberships.get(key) ?? 0) + 1);
}
