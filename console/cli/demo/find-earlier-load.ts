import { ProfileView } from "#events/admin-api/profile-view.ts";
import { type ApiClient, ApiError } from "../api-client.ts";
import type { SampleOutline } from "./outline-sample.ts";
import { WEEK_MS } from "./shift-calls.ts";

/** By how many milliseconds the demo was shifted when it was loaded before; undefined where it was not. Loading it again
 *  with the same shift sends the very same events, so nothing is counted twice, however long ago that was. */
export async function findEarlierShift(api: ApiClient, { firstOrder }: SampleOutline): Promise<number | undefined> {
  try {
    const query = { identifier: `userId:${firstOrder.userId}` };
    const { orders } = await api.get("/admin/v1/profiles", ProfileView, { query });
    if (orders.first === null) return undefined;
    const shift = Date.parse(orders.first) - firstOrder.at;
    // Not whole weeks: somebody else's orders.
    return shift % WEEK_MS === 0 ? shift : undefined;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}
