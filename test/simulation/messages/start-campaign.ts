import type { MemoryDynamo } from "../../support/memory-dynamo.ts";
import { CONFIG } from "../functions.ts";
import type { Lambda } from "../lambda.ts";
import type { Scheduler } from "../scheduler.ts";
import { CAMPAIGN_MS } from "./message-definitions.ts";

const MINUTE_MS = 60_000;

/** Looks every minute from shortly before the campaign's occasion, as the schedule's rule does, until it is through. */
export function startCampaign(on: { dynamo: MemoryDynamo; scheduler: Scheduler; wake: Lambda<undefined, void> }) {
  const { dynamo, scheduler, wake } = on;
  let isLooking = true;

  function look(): void {
    isLooking = !isThrough();
    if (!isLooking) return;
    wake.invoke(undefined, () => {});
    scheduler.after(MINUTE_MS, look);
  }

  function isThrough(): boolean {
    const works = dynamo
      .items(CONFIG.STRATA_TABLE_WORK)
      .filter(({ pk, sk }) => `${pk?.S}${sk?.S}`.includes("campaign@"));
    return works.some(({ b }) => (JSON.parse(b?.S ?? "{}") as { readonly done?: boolean }).done === true);
  }

  scheduler.after(CAMPAIGN_MS - MINUTE_MS, look);
  return { isDone: () => !isLooking };
}
