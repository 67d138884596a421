import * as z from "zod";
import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import type { CompiledJourney } from "#domain/journeys/compile-journey.ts";
import { simulateJourney } from "#domain/journeys/simulate.ts";
import { SimulatedEventError, simulateEvent } from "#domain/journeys/simulate-events.ts";
import { forceMemberships, inventPerson, MembershipUnknownError } from "#domain/journeys/simulate-invented.ts";
import { renderMessages } from "#domain/journeys/simulate-messages.ts";
import { forceArm } from "#domain/journeys/simulate-steps.ts";
import { calendarOfPerson } from "#domain/journeys/walker.ts";
import { fillFor } from "#domain/preview/fill-person.ts";
import type { Profile } from "#domain/profile/state.ts";
import { writeInstant } from "#events/admin-api/answer.ts";
import { SimulationAnswer, SimulationRequest } from "#events/admin-api/simulation.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { stepDurationMs } from "#events/definitions/journey/step-duration.ts";
import { AdminError } from "../admin-error.ts";
import { assumeDefinitions } from "../assume-definitions.ts";
import { findByIdentifier, findProfile } from "../find-profile.ts";
import { NOBODY_KNOWN, readKnownPerson } from "../known-person.ts";
import type { AdminPorts } from "../ports.ts";
import { defineRoute } from "../route.ts";

type Body = z.output<typeof SimulationRequest>;

export const simulateRoute = defineRoute({
  method: "POST",
  path: "/admin/v1/journeys/{name}/simulate",
  role: "viewer",
  tag: "Journeys",
  summary: "Walk a person through a journey with a virtual clock",
  description:
    "From the trigger to the end: what was waited for, arms, branches with their evidence, and of every message the checks and how it would look. A real person or an invented one, a journey in force or one that is not. Nothing is sent or written.",
  params: z.object({ name: z.string().min(1).max(64).meta({ example: "cart-rescue" }) }),
  body: SimulationRequest,
  answers: { 200: { description: "Every step, in order.", schema: SimulationAnswer } },
  refusals: {
    400: "definition_invalid, identifier_invalid, arm_unknown, membership_unknown, event_invalid",
    404: "journey_unknown, profile_unknown",
  },
  async handle({ params, body, now }, ports) {
    const { bundle: assumed, journey, version } = await assumeDefinitions(params.name, body, ports);
    const startAt = body.start === undefined ? now : Date.parse(body.start);
    const { person, bundle, cutOff } = await readPerson(body, startAt, assumed, ports);
    const walked = body.arm === undefined ? journey : forceArm(journey, body.arm);
    if (!walked) throw unknownArm(body.arm ?? "", journey);
    const { trigger, happenings } = readEvents(body, journey, startAt, bundle);
    const invented = "invented" in body.person;
    const simulation = simulateJourney({
      journey,
      walked,
      forcedArm: body.arm,
      bundle,
      person,
      known: invented ? NOBODY_KNOWN : await readKnownPerson(person, journey, bundle, ports),
      startAt,
      ...(trigger && { trigger }),
      happenings,
      ignoreHoldout: body.ignoreHoldout,
    });
    const [identifier = null] = person.state.identifiers.keys();
    return {
      status: 200,
      body: {
        journey: journey.name,
        version,
        profileId: person.id,
        identifier,
        invented,
        timeZone: calendarOfPerson(person, bundle).timeZone,
        start: writeInstant(startAt),
        steps: await renderMessages(simulation, ports.renderer),
        outcome: simulation.run?.outcome?.kind ?? null,
        converted: simulation.run?.convertedAt !== undefined,
        notes: notesOf(journey, { isPast: startAt < now && !invented, cutOff }),
      },
    };
  },
});

/** The person with everything that the definitions to come rest on. */
async function readPerson(
  { person: asked }: Body,
  startAt: number,
  bundle: CompiledBundle,
  ports: AdminPorts,
): Promise<{ person: Profile; bundle: CompiledBundle; cutOff: boolean }> {
  if ("invented" in asked) {
    return refusingEvents(() => {
      const forced = forceMemberships(bundle, asked.invented.memberships ?? []);
      return { person: inventPerson(asked.invented, startAt, forced), bundle: forced, cutOff: false };
    });
  }
  const profile =
    "profileId" in asked
      ? await findProfile(asked.profileId, ports)
      : await findByIdentifier(asked.identifier, "person.identifier", ports);
  const filled = await fillFor(profile, startAt, { readers: bundle.readers, bundle }, ports.activity);
  return { person: { ...profile, state: filled.state }, bundle, cutOff: filled.cutOff };
}

/** The event that lets the person in, and those on the way, as collection would stamp them. */
function readEvents(
  { trigger, happenings }: Body,
  { entryEvent }: CompiledJourney,
  startAt: number,
  bundle: CompiledBundle,
): { trigger?: CollectedEvent; happenings: CollectedEvent[] } {
  const call = (event: string, properties: Readonly<Record<string, unknown>> = {}) =>
    ({ type: "track", event, properties }) as const;
  return refusingEvents(() => ({
    ...(entryEvent && {
      trigger: simulateEvent(call(trigger?.event ?? entryEvent.event, trigger?.properties), startAt, 1_000, bundle),
    }),
    happenings: happenings.map(({ event, after, properties }, n) =>
      simulateEvent(call(event, properties), startAt + stepDurationMs(after), 1_001 + n, bundle),
    ),
  }));
}

/** What cannot be simulated is a fault of who asked. */
function refusingEvents<Result>(simulate: () => Result): Result {
  try {
    return simulate();
  } catch (error) {
    if (error instanceof MembershipUnknownError) throw new AdminError(400, error.code, error.message);
    if (!(error instanceof SimulatedEventError)) throw error;
    throw new AdminError(400, "event_invalid", `collection would refuse this event: ${error.message}`, {
      details: { code: error.code },
    });
  }
}

function unknownArm(arm: string, { name, program }: CompiledJourney): AdminError {
  const arms = program.flatMap((one) => (one.op === "split" ? one.arms.map(([known]) => known) : []));
  return new AdminError(400, "arm_unknown", `no split of ${name} has an arm ${JSON.stringify(arm)}`, {
    details: { arms },
  });
}

function notesOf(
  { state, name }: CompiledJourney,
  { isPast, cutOff }: { isPast: boolean; cutOff: boolean },
): SimulationAnswer["notes"] {
  return [
    ...(state === "live"
      ? []
      : [
          {
            code: `journey_${state}`,
            message: `${name} is ${state}: nobody would enter; it is walked as if it were live`,
          },
        ]),
    ...(isPast
      ? [{ code: "start_in_the_past", message: "the person is seen as of today, with what came since the start" }]
      : []),
    ...(cutOff ? [{ code: "logs_cut", message: "the person did so much that only the newest of it was counted" }] : []),
  ];
}
