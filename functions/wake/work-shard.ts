import type { WorkStore } from "#domain/ports/work-store.ts";
import { acquireLease, releaseLease, renewLease } from "#domain/work/lease.ts";
import type { DueMessage } from "./due-message.ts";
import { seeToTimers, type TimerPorts } from "./see-to-timers.ts";

const ROWS_A_STEP = 100;
/** Longer than any one step takes. */
const LEASE_MS = 120_000;
/** Less than the function's time limit: what is left is shared out again by the next look. */
const WORK_MS = 240_000;

export interface ShardPorts extends TimerPorts {
  readonly work: WorkStore;
}

/** Sees to everyone of one shard who is due, step by step, for as long as it holds the shard's lease. Where another holds
 *  it there is nothing to do: the look of the next minute sends a message for whatever is then left. */
export async function workShard(ports: ShardPorts, { shard, from, to }: DueMessage, owner: string): Promise<void> {
  const { work, now } = ports;
  const startedAt = now();
  const by = () => ({ owner, now: now(), leaseMs: LEASE_MS });
  const slice = `shard#${String(shard).padStart(2, "0")}`;
  let held = await acquireLease(work, { job: "wake", slice }, by());
  let cursor: string | undefined;
  while (held && now() - startedAt < WORK_MS) {
    const page = await ports.timers.due(shard, {
      from,
      to,
      limit: ROWS_A_STEP,
      ...(cursor !== undefined && { cursor }),
    });
    await seeToTimers(ports, page.timers, to);
    cursor = page.cursor;
    if (cursor === undefined) break;
    held = await renewLease(work, held, by());
  }
  if (held) await releaseLease(work, held);
}
