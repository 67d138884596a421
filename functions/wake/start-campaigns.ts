import * as z from "zod";
import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { type Campaign, dueCampaigns, occasionOf } from "#domain/journeys/due-campaigns.ts";
import type { WorkQueue } from "#domain/ports/work-queue.ts";
import type { WorkStore } from "#domain/ports/work-store.ts";
import type { CampaignMessage } from "./due-message.ts";

export const CAMPAIGNS = "campaigns";
const SCHEDULE = { job: CAMPAIGNS, slice: "schedule" } as const;

/** Definitions reach the functions up to a minute late: an occasion that was written a moment before it came is found. */
const LOOK_BACK_MS = 2 * 60_000;
const KEPT_MS = 40 * 86_400_000;

const CampaignSchema = z.object({ journey: z.string(), at: z.int() });
const Schedule = z.object({ lookedTo: z.int(), open: z.array(CampaignSchema) });
export const CampaignWork = CampaignSchema.extend({
  cursor: z.string().optional(),
  seen: z.int().default(0),
  done: z.boolean().default(false),
});

interface CampaignPorts {
  readonly definitions: { get(): Promise<CompiledBundle> };
  readonly work: WorkStore;
  /** Takes a campaign to whoever works it. */
  readonly campaigns: WorkQueue<CampaignMessage>;
  readonly count: (metric: "CampaignsStarted", n: number) => void;
}

/** One look at the schedules of journeys: campaigns that have come since the last look are started, and those that are not
 *  through yet get a worker again. The document of a campaign is written before the schedule has passed it, so that none
 *  is forgotten, and none starts twice. */
export async function startCampaigns(ports: CampaignPorts, now: number): Promise<void> {
  const { journeys, calendar } = await ports.definitions.get();
  if (!journeys.some(({ trigger }) => trigger.schedule)) return;
  const stored = await ports.work.find(SCHEDULE.job, SCHEDULE.slice);
  const before = Schedule.parse(stored?.body ?? { lookedTo: now - LOOK_BACK_MS, open: [] });
  const came = dueCampaigns(journeys, Math.min(before.lookedTo, now - LOOK_BACK_MS), now, calendar);
  const known = new Set(before.open.map(occasionOf));
  const candidates = [...before.open, ...came.filter((campaign) => !known.has(occasionOf(campaign)))];
  const open = (await Promise.all(candidates.map((campaign) => keepOpen(ports, campaign, now)))).flat();
  const body = { lookedTo: Math.max(now, before.lookedTo), open };
  await ports.work.save({ ...SCHEDULE, revision: (stored?.revision ?? 0) + 1, body });
  if (open.length > 0) await ports.campaigns.send(open.map((campaign) => ({ campaign })));
}

/** Nothing where the campaign is through. */
async function keepOpen(ports: CampaignPorts, campaign: Campaign, now: number): Promise<Campaign[]> {
  const slice = occasionOf(campaign);
  const stored = await ports.work.find(CAMPAIGNS, slice);
  if (stored) return CampaignWork.parse(stored.body).done ? [] : [campaign];
  const saved = await ports.work.save({ job: CAMPAIGNS, slice, revision: 1, body: campaign, expiresAt: now + KEPT_MS });
  if (saved === "saved") ports.count("CampaignsStarted", 1);
  return [campaign];
}
