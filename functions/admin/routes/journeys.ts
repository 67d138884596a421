import * as z from "zod";
import type { CompiledJourney } from "#domain/journeys/compile-journey.ts";
import { makeJourneyVersions } from "#domain/journeys/journey-versions.ts";
import type { Run } from "#domain/journeys/run.ts";
import { countJourney, viewStats } from "#domain/journeys/stats.ts";
import { firstDayKept } from "#domain/journeys/stored-run.ts";
import { writeInstant, writeInstantOrNull } from "#events/admin-api/answer.ts";
import { dayRangeQuery, writeDay } from "#events/admin-api/calendar-days.ts";
import { JourneyStats, type PersonRun, PersonRuns } from "#events/admin-api/journeys.ts";
import { AdminError } from "../admin-error.ts";
import { findJourney } from "../assume-definitions.ts";
import { readDayRange } from "../day-range.ts";
import { findProfile } from "../find-profile.ts";
import { requireJourneyVersion } from "../journey-version.ts";
import { defineRoute } from "../route.ts";

/** An API's answer may take 29 s at the gateway; what is being read when time is up is waited for. */
const DEADLINE_MS = 20_000;

export const getJourneyStats = defineRoute({
  method: "GET",
  path: "/admin/v1/journeys/{name}/stats",
  role: "viewer",
  tag: "Journeys",
  summary: "Count what became of those who entered a journey",
  description:
    "Counted now from every run that began in these days, by the project's time zone. Where they are too many for one answer it is a sample of people, and `share` says how large. Of the last 400 days every run is kept, whether it lives or not and whether it reached its goal or not; of earlier ones `exact` is false. What is delivered twice counts once.",
  params: z.object({ name: z.string().min(1).max(64).meta({ example: "cart-rescue" }) }),
  query: z.object({
    version: z.coerce
      .number()
      .int()
      .positive()
      .optional()
      .meta({ description: "One version alone. Left out: every one." }),
    ...dayRangeQuery,
  }),
  answers: {
    200: { description: "Runs, steps, messages, the goal by arm, and who was not let in.", schema: JourneyStats },
  },
  refusals: { 400: "range_invalid", 404: "journey_unknown, version_unknown", 503: "stats_too_slow" },
  async handle({ params, query, now }, ports) {
    const bundle = await ports.inForce();
    const journey = findJourney(params.name, bundle);
    if (query.version !== undefined) {
      await requireJourneyVersion(journey.name, query.version, journey.version, ports.definitions);
    }
    const { calendar } = bundle;
    const { from, to } = readDayRange(query, calendar.dayOf(now));
    const ask = { journey, version: query.version, from, to, calendar };
    const keptFrom = firstDayKept(calendar, now);
    const deadline = ports.now() + DEADLINE_MS;
    const versions = makeJourneyVersions(ports.definitions);
    const [{ tally, share }, refused] = await Promise.all([
      countJourney(ask, {
        runs: ports.runs,
        touches: ports.touches,
        versionOf: (version) => versions.at(journey.name, version, bundle),
        isOver: () => ports.now() > deadline,
      }),
      ports.refusals.ofJourney(journey.name, { from, to }),
    ]);
    if (share === 0) throw tooSlow();
    return {
      status: 200,
      body: {
        journey: journey.name,
        version: query.version ?? null,
        from: writeDay(from),
        to: writeDay(to),
        exact: share === 1 && from >= keptFrom,
        share,
        keptFrom: writeDay(keptFrom),
        asOf: writeInstant(now),
        ...viewStats(tally, ask),
        refused: viewRefused(refused),
      },
    };
  },
});

function tooSlow(): AdminError {
  return new AdminError(503, "stats_too_slow", "time ran out before any part of the runs was counted; try again", {
    headers: { "retry-after": "1" },
    details: { hint: "ask for fewer days" },
  });
}

function viewRefused(counts: ReadonlyMap<string, number>): JourneyStats["refused"] {
  const reasons = Array.from(counts, ([reason, count]) => ({ reason, count }));
  return { exact: false, reasons: reasons.toSorted((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1)) };
}

export const listPersonRuns = defineRoute({
  method: "GET",
  path: "/admin/v1/profiles/{id}/journeys",
  role: "viewer",
  tag: "Profiles",
  summary: "The journeys of a person: where they stand, and how they ended",
  description: "Runs that live, and those that were entered within 400 days or ended within 30.",
  params: z.object({ id: z.string() }),
  answers: { 200: { description: "Those that live first, then the newest.", schema: PersonRuns } },
  refusals: { 404: "profile_unknown" },
  async handle({ params }, ports) {
    const profile = await findProfile(params.id, ports);
    const [stored, bundle] = await Promise.all([ports.runs.ofPerson(profile.id), ports.inForce()]);
    const runs = stored.map(({ run }) => run).filter(({ movedTo }) => movedTo === undefined);
    const sorted = runs.toSorted((a, b) => Number(!!a.outcome) - Number(!!b.outcome) || b.enteredAt - a.enteredAt);
    const versions = makeJourneyVersions(ports.definitions);
    const items = await Promise.all(
      sorted.map(async (run) => viewRun(run, await versions.at(run.journey, run.definitionVersion, bundle))),
    );
    return { status: 200, body: { profileId: profile.id, items } };
  },
});

function viewRun(run: Run, walked: CompiledJourney | undefined): PersonRun {
  const { outcome } = run;
  return {
    runId: run.id,
    journey: run.journey,
    version: run.definitionVersion,
    enteredAt: writeInstant(run.enteredAt),
    trigger: run.cause.event?.event ?? null,
    arms: Object.fromEntries(run.arms),
    at: outcome ? null : (walked?.program[run.next]?.path ?? null),
    until: outcome ? null : writeInstantOrNull(run.waiting?.until),
    outcome: outcome?.kind ?? null,
    why: outcome && "why" in outcome ? outcome.why : null,
    endedAt: writeInstantOrNull(outcome?.at),
    convertedAt: writeInstantOrNull(run.convertedAt),
  };
}
