import type { ProfileId } from "#domain/profile/state.ts";
import { segmentKey } from "#domain/rules/membership-key.ts";
import { holdsIn, NEVER } from "#domain/rules/verdict.ts";
import { type Campaign, occasionOf } from "./due-campaigns.ts";
import { type EntryPorts, letIn } from "./let-in.ts";
import { openVisit } from "./visit.ts";

/** Lets one person of a campaign's segment in who is in it at this instant, whatever the index said. Doing it again lets
 *  nobody in twice. */
export async function enterCampaign(ports: EntryPorts, id: ProfileId, campaign: Campaign): Promise<void> {
  const visit = await openVisit(ports, id);
  const journey = visit?.bundle.journeys.find(({ name }) => name === campaign.journey);
  const segment = journey?.trigger.schedule?.segment;
  if (!visit || !journey || segment === undefined) return;
  if (!holdsIn(visit.walker.subject.answers.get(segmentKey(segment)) ?? NEVER)) return;
  await letIn(ports, visit, journey, { factId: occasionOf(campaign), at: campaign.at }, visit.person.id);
}
