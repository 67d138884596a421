import { TIMER_SHARDS, type Timer, type TimerStore } from "#domain/ports/timer-store.ts";
import type { WorkQueue } from "#domain/ports/work-queue.ts";
import type { WorkStore } from "#domain/ports/work-store.ts";
import type { CampaignMessage, DueMessage } from "./due-message.ts";
import { seeToTimers, type TimerPorts } from "./see-to-timers.ts";
import { CAMPAIGNS, startCampaigns } from "./start-campaigns.ts";
import { moveWatermark, readWatermark } from "./watermark.ts";

/** As many rows are seen to at once; more are shared out over the queue. */
const FEW = 200;
const ROWS_A_SHARD = 50;
const ROWS_A_STEP = 100;

export interface WakePorts extends TimerPorts {
  readonly work: WorkStore;
  readonly due: WorkQueue<DueMessage>;
  readonly campaigns: WorkQueue<CampaignMessage>;
}

/** What one shard has to give: its earliest rows. */
interface Seen {
  readonly shard: number;
  readonly timers: readonly Timer[];
  readonly isAll: boolean;
}

/** One look at everything that has fallen due. Few people are seen to at once; where many fall due together, one message
 *  for each shard goes to the queue, and the next look sees what is left. The watermark follows the earliest row that is
 *  still there, so that nobody is forgotten however long nobody looked.
 *  Throws, after everything else is seen to, where the campaigns could not be: the next look finds them, and an operator
 *  hears of it.
 *  @param few as many rows are seen to by the look itself. */
export async function wake(ports: WakePorts, few = FEW): Promise<void> {
  const now = ports.now();
  const failure = await tryCampaigns(ports, now);
  const { from, stored } = await readWatermark(ports.work, now);
  const seen = await look(ports.timers, from, now);
  const timers = seen.flatMap((shard) => shard.timers);
  const isFew = timers.length <= few && seen.every(({ isAll }) => isAll);
  const left = isFew ? await seeToAll(ports, timers, now) : await shareOut(ports, seen, from, now);
  const earliest = left.reduce((first, { at }) => Math.min(first, at), now);
  ports.count("WakeLagSeconds", Math.round((now - earliest) / 1000));
  await moveWatermark(ports.work, stored, earliest);
  if (failure) throw failure.error;
}

/** Campaigns that cannot be started hold up no timer. */
async function tryCampaigns(ports: WakePorts, now: number): Promise<{ readonly error: unknown } | undefined> {
  try {
    await startCampaigns(ports, now);
    return undefined;
  } catch (error) {
    ports.count("WakeFailures", 1);
    ports.logFailure(error, { step: CAMPAIGNS });
    return { error };
  }
}

async function look(timers: TimerStore, from: number, to: number): Promise<Seen[]> {
  const seen = await Promise.all(
    Array.from({ length: TIMER_SHARDS }, async (_, shard): Promise<Seen> => {
      const page = await timers.due(shard, { from, to, limit: ROWS_A_SHARD });
      return { shard, timers: page.timers, isAll: page.cursor === undefined };
    }),
  );
  return seen.filter(({ timers: own, isAll }) => own.length > 0 || !isAll);
}

async function seeToAll(ports: WakePorts, timers: readonly Timer[], now: number): Promise<Timer[]> {
  const left: Timer[] = [];
  for (let start = 0; start < timers.length; start += ROWS_A_STEP) {
    left.push(...(await seeToTimers(ports, timers.slice(start, start + ROWS_A_STEP), now)));
  }
  return left;
}

async function shareOut({ due }: WakePorts, seen: readonly Seen[], from: number, to: number): Promise<Timer[]> {
  await due.send(seen.map(({ shard }) => ({ shard, from, to })));
  return seen.flatMap(({ timers }) => timers);
}
