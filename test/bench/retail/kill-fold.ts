import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import type { LocalStack } from "../../support/local-stack.ts";

const Faults = z.object({ kills: z.record(z.string(), z.int()) });
const BETWEEN_KILLS_MS = 1500;

/** Has the fold's worker killed in the middle of a batch, one batch after another, until `times` have died or `signal`
 *  says that there is nothing more to fold. Returns how many died. */
export async function killFold(stack: LocalStack, times: number, signal: AbortSignal): Promise<number> {
  const pending = async () => Faults.parse(await (await stack.admin("/local/faults")).json()).kills.Fold ?? 0;
  for (let killed = 0; killed < times; killed++) {
    const body = JSON.stringify({ killHandler: "Fold", times: 1 });
    await stack.admin("/local/faults", { method: "POST", body, headers: { "content-type": "application/json" } });
    while ((await pending()) > 0) {
      if (signal.aborted) return killed;
      await sleep(100);
    }
    await sleep(BETWEEN_KILLS_MS);
  }
  return times;
}
