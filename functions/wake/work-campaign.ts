import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import type { Campaign } from "#domain/journeys/due-campaigns.ts";
import { occasionOf } from "#domain/journeys/due-campaigns.ts";
import { isRetriable } from "#domain/ports/store-error.ts";
import type { TagStore } from "#domain/ports/tag-store.ts";
import type { WorkStore } from "#domain/ports/work-store.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import { segmentKey } from "#domain/rules/membership-key.ts";
import { acquireLease, releaseLease, renewLease } from "#domain/work/lease.ts";
import { CAMPAIGNS, CampaignWork } from "./start-campaigns.ts";

const PEOPLE_A_STEP = 100;
const PEOPLE_AT_ONCE = 10;
/** Longer than any one step takes. */
const LEASE_MS = 120_000;
/** Less than the function's time limit: the look of the next minute finds another worker for what is left. */
const WORK_MS = 240_000;

export interface CampaignWorkPorts {
  readonly definitions: { get(): Promise<CompiledBundle> };
  readonly work: WorkStore;
  readonly tags: Pick<TagStore, "members">;
  /** Lets one person in who is still in the segment (`journeys/enter-campaign.ts`). */
  readonly enterCampaign: (id: ProfileId, campaign: Campaign) => Promise<void>;
  readonly now: () => number;
  readonly count: (metric: "WakeFailures", n: number) => void;
  readonly logFailure: (error: unknown, context: Readonly<Record<string, unknown>>) => void;
}

/** Lets the people of a campaign's segment in, page by page, with a checkpoint after each, for as long as it holds the
 *  campaign's lease. A journey that is no longer live lets nobody in any more, and its campaign is over. */
export async function workCampaign(ports: CampaignWorkPorts, campaign: Campaign, owner: string): Promise<void> {
  const { work, now } = ports;
  const by = () => ({ owner, now: now(), leaseMs: LEASE_MS });
  const startedAt = now();
  let held = await acquireLease(work, { job: CAMPAIGNS, slice: occasionOf(campaign) }, by());
  while (held && now() - startedAt < WORK_MS) {
    const before = CampaignWork.parse({ ...campaign, ...(held.body as object) });
    const page = before.done ? undefined : await findPage(ports, campaign, before.cursor);
    if (!page) {
      await releaseLease(work, held, { ...campaign, done: true });
      return;
    }
    await enterAll(ports, page.ids, campaign);
    const changes = {
      ...campaign,
      seen: before.seen + page.ids.length,
      cursor: page.cursor,
      done: page.cursor === undefined,
    };
    held = await renewLease(work, held, by(), changes);
  }
  if (held) await releaseLease(work, held);
}

async function findPage(
  { definitions, tags }: CampaignWorkPorts,
  { journey }: Campaign,
  cursor: string | undefined,
): Promise<{ ids: ProfileId[]; cursor?: string } | undefined> {
  const { journeys } = await definitions.get();
  const { state, trigger } = journeys.find(({ name }) => name === journey) ?? {};
  if (state !== "live" || !trigger?.schedule) return undefined;
  const key = segmentKey(trigger.schedule.segment);
  const page = await tags.members(key, { limit: PEOPLE_A_STEP, ...(cursor !== undefined && { cursor }) });
  const ids = page.members.map(({ profileId }) => profileId);
  return { ids, ...(page.cursor !== undefined && { cursor: page.cursor }) };
}

/** An error is nobody's but the person's in whom it arose, unless a retry helps. */
async function enterAll(ports: CampaignWorkPorts, ids: readonly ProfileId[], campaign: Campaign): Promise<void> {
  for (let start = 0; start < ids.length; start += PEOPLE_AT_ONCE) {
    await Promise.all(
      ids.slice(start, start + PEOPLE_AT_ONCE).map(async (id) => {
        try {
          await ports.enterCampaign(id, campaign);
        } catch (error) {
          if (isRetriable(error)) throw error;
          ports.count("WakeFailures", 1);
          ports.logFailure(error, { profileId: id, campaign: occasionOf(campaign) });
        }
      }),
    );
  }
}
