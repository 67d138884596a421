import * as z from "zod";
import { hasKey } from "#domain/definitions/compile-membership.ts";
import { dryRunJourney } from "#domain/journeys/simulate-dry-run.ts";
import { simulateEvent } from "#domain/journeys/simulate-events.ts";
import type { MembershipKey } from "#domain/profile/state.ts";
import { segmentKey } from "#domain/rules/membership-key.ts";
import { writeInstant } from "#events/admin-api/answer.ts";
import { DryRunAnswer, DryRunRequest } from "#events/admin-api/simulation.ts";
import { AdminError } from "../admin-error.ts";
import { type Assumed, assumeDefinitions } from "../assume-definitions.ts";
import { viewDryRun } from "../dry-run-answer.ts";
import { readKnownPerson } from "../known-person.ts";
import type { AdminPorts } from "../ports.ts";
import { defineRoute } from "../route.ts";

/** An API's answer may take 29 s at the gateway; what is being read when time is up is waited for. */
const DEADLINE_MS = 22_000;

export const dryRunRoute = defineRoute({
  method: "POST",
  path: "/admin/v1/journeys/{name}/dry-run",
  role: "operator",
  tag: "Journeys",
  summary: "See who would get a campaign and who would not, before it begins",
  description:
    "Walks every member of the audience through the journey, with nothing happening on the way: recipients by channel, everybody else by reason, ten examples each. A large audience is estimated from people drawn at random. Nothing is sent or written.",
  params: z.object({ name: z.string().min(1).max(64).meta({ example: "spring-campaign" }) }),
  body: DryRunRequest,
  answers: { 200: { description: "Who would get it, and who not.", schema: DryRunAnswer } },
  refusals: {
    400: "definition_invalid, audience_missing",
    404: "journey_unknown, membership_unknown",
    503: "dry_run_too_slow",
  },
  async handle({ params, body, now }, ports) {
    const assumed = await assumeDefinitions(params.name, body, ports);
    const { bundle, journey, version } = assumed;
    const audience = readAudience(body.audience, assumed);
    const startAt = readStart(body.start, assumed, now);
    const deadline = ports.now() + DEADLINE_MS;
    const dryRun = await dryRunJourney(
      {
        journey,
        bundle,
        audience,
        isIndexed: await isInForce(audience, assumed, startAt <= now, ports),
        startAt,
        ...(journey.entryEvent && {
          trigger: simulateEvent({ type: "track", event: journey.entryEvent.event }, startAt, 0, bundle),
        }),
        wanted: body.sample === "all" ? Number.POSITIVE_INFINITY : body.sample,
      },
      {
        profiles: ports.profiles,
        tags: ports.tags,
        activity: ports.activity,
        random: ports.random,
        isOver: () => ports.now() > deadline,
        known: (person) => readKnownPerson(person, journey, bundle, ports),
      },
    );
    if (dryRun.cutShort && dryRun.population.seen === 0) throw tooSlow();
    const answer = { journey: journey.name, version, audience, start: writeInstant(startAt), ...viewDryRun(dryRun) };
    return { status: 200, body: answer };
  },
});

/** The audience that is asked about, or that the trigger names. */
function readAudience(asked: string | undefined, { journey, bundle }: Assumed): MembershipKey {
  const { schedule, enters } = journey.trigger;
  const key = asked ?? enters ?? (schedule ? segmentKey(schedule.segment) : undefined);
  if (key === undefined) {
    throw new AdminError(400, "audience_missing", `${journey.name} names no segment: say whom to ask about`, {
      details: { hint: "audience: segment:win-back, tag:frequent-buyer or tier:value=high" },
    });
  }
  if (bundle.memberships.some((membership) => hasKey(membership, key as MembershipKey))) return key as MembershipKey;
  throw new AdminError(404, "membership_unknown", `no definition has the key ${JSON.stringify(key)}`);
}

function readStart(asked: string | undefined, { journey }: Assumed, now: number): number {
  const at = asked ?? journey.trigger.schedule?.at;
  if (at === undefined) return now;
  return asked === undefined ? Math.max(now, Date.parse(at)) : Date.parse(at);
}

/** The index lists who is a member now, by the definitions in force. */
async function isInForce(
  key: MembershipKey,
  { bundle }: Assumed,
  isNow: boolean,
  { inForce }: Pick<AdminPorts, "inForce">,
): Promise<boolean> {
  if (!isNow) return false;
  const versionIn = (of: typeof bundle) => of.memberships.find((membership) => hasKey(membership, key))?.version;
  return versionIn(await inForce()) === versionIn(bundle);
}

function tooSlow(): AdminError {
  return new AdminError(503, "dry_run_too_slow", "time ran out before anybody could be looked at; try again", {
    headers: { "retry-after": "1" },
    details: { hint: "ask for a smaller sample" },
  });
}
