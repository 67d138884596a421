import * as z from "zod";
import type { CompiledJourney } from "#domain/journeys/compile-journey.ts";
import type { Run } from "#domain/journeys/run.ts";
import { touchIdsOf } from "#domain/journeys/touches-of-run.ts";
import type { Touch } from "#domain/touches/touch.ts";
import { writeInstant } from "#events/admin-api/answer.ts";
import { pageQuery } from "#events/admin-api/page-query.ts";
import { TouchPage, type TouchView } from "#events/admin-api/touches.ts";
import { readCursor, writeCursor } from "../cursor.ts";
import { findProfile } from "../find-profile.ts";
import type { AdminPorts } from "../ports.ts";
import { defineRoute } from "../route.ts";

/** Where the list goes on: the run that was shown last. */
const Place = z.string().max(64);

export const listTouches = defineRoute({
  method: "GET",
  path: "/admin/v1/profiles/{id}/touches",
  role: "viewer",
  tag: "Profiles",
  summary: "Read what a person was sent, and what not",
  description:
    "Every message that a journey asked for, with the reason where it was not sent, for 400 days; those of the run that began last come first. Whole runs are shown: a page may be a little longer than its limit.",
  params: z.object({ id: z.string() }),
  query: z.object(pageQuery({ default: 50, max: 200 })),
  answers: { 200: { description: "A page of messages.", schema: TouchPage } },
  refusals: { 404: "profile_unknown" },
  async handle({ params, query }, ports) {
    const person = await findProfile(params.id, ports);
    const list = `touches ${person.id}`;
    const last = readCursor(list, query.cursor, Place);
    const { journeys } = await ports.inForce();
    const stored = await Promise.all([person.id, ...person.state.absorbed].map((id) => ports.runs.ofPerson(id)));
    // A run that went along with a merge is stored with both.
    const runs = [...new Map(stored.flat().map(({ run }) => [run.id, run])).values()].toSorted(
      (a, b) => b.enteredAt - a.enteredAt || (a.id < b.id ? -1 : 1),
    );
    const items: TouchView[] = [];
    let place: string | undefined;
    const from = last === undefined ? 0 : runs.findIndex(({ id }) => id === last) + 1;
    for (const run of runs.slice(from)) {
      items.push(...(await touchesOf(run, journeys, ports)).map(viewTouch));
      place = run.id;
      if (items.length >= query.limit) break;
    }
    const isEnd = place === undefined || place === runs.at(-1)?.id;
    return { status: 200, body: { items, cursor: isEnd ? null : writeCursor(list, place) } };
  },
});

/** The touches that a run asked for, newest first. */
async function touchesOf(
  run: Run,
  journeys: readonly CompiledJourney[],
  { touches }: Pick<AdminPorts, "touches">,
): Promise<Touch[]> {
  const journey = journeys.find(({ name, version }) => name === run.journey && version === run.definitionVersion);
  const found = await touches.findAll(touchIdsOf(run, journey));
  return found.toSorted((a, b) => b.requestedAt - a.requestedAt || (a.id < b.id ? -1 : 1));
}

function viewTouch(touch: Touch): TouchView {
  const { id, journey, path, channel, template, category, state, attempt, waitUntil } = touch;
  return {
    touchId: id,
    journey,
    path,
    channel,
    choice: touch.choice ?? null,
    template,
    category,
    state,
    reason: touch.reason ?? null,
    arms: Object.fromEntries(touch.arms),
    attempt,
    provider: touch.provider ?? null,
    requestedAt: writeInstant(touch.requestedAt),
    changedAt: writeInstant(touch.changedAt),
    waitUntil: waitUntil === undefined ? null : writeInstant(waitUntil),
  };
}
