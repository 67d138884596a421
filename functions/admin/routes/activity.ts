import * as z from "zod";
import { listAcross } from "#domain/activity/list-across.ts";
import { type ActivityItem, ActivityPage } from "#events/admin-api/activity.ts";
import { writeInstant } from "#events/admin-api/answer.ts";
import { From, pageQuery, To } from "#events/admin-api/page-query.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { readCursor, writeCursor } from "../cursor.ts";
import { findProfile } from "../find-profile.ts";
import { defineRoute } from "../route.ts";

/** Where the log goes on: an instant and the messageId of the last event given. */
const Place = z.string().max(2_048);

export const listActivity = defineRoute({
  method: "GET",
  path: "/admin/v1/profiles/{id}/activity",
  role: "viewer",
  tag: "Profiles",
  summary: "Read what a person did",
  description:
    "Newest first, with what people did who were merged into this one. An event that was delivered twice is there once.",
  params: z.object({ id: z.string() }),
  query: z.object({
    from: From,
    to: To,
    event: z.string().min(1).optional().meta({ description: "Only events of this name.", example: "Order Completed" }),
    ...pageQuery({ default: 50, max: 200 }),
  }),
  answers: { 200: { description: "A page of the behaviour log.", schema: ActivityPage } },
  refusals: { 404: "profile_unknown" },
  async handle({ params, query }, ports) {
    const profile = await findProfile(params.id, ports);
    // A cursor is good for the person and the filter that it was given for.
    const list = ["activity", profile.id, query.event ?? "", query.from ?? "", query.to ?? ""].join(" ");
    const after = readCursor(list, query.cursor, Place);
    const { events, cursor } = await listAcross(ports.activity, [profile.id, ...profile.state.absorbed], {
      ...(query.from !== undefined && { from: query.from }),
      ...(query.to !== undefined && { to: query.to }),
      ...(query.event !== undefined && { event: query.event }),
      ...(after !== undefined && { cursor: after }),
      limit: query.limit,
    });
    const items = events.map(viewEvent);
    return { status: 200, body: { items, cursor: cursor === undefined ? null : writeCursor(list, cursor) } };
  },
});

function viewEvent(event: CollectedEvent): ActivityItem {
  const { messageId, type, at, receivedAt, source, identifiers } = event;
  return {
    messageId,
    type,
    ...(event.event !== undefined && { event: event.event }),
    at: writeInstant(at),
    receivedAt: writeInstant(receivedAt),
    source,
    identifiers: identifiers.map(([type, value]) => ({ type, value })),
    ...(event.properties && { properties: event.properties }),
    ...(event.traits && { traits: event.traits }),
    ...(event.acquisition && { acquisition: event.acquisition }),
    ...(event.place && { place: event.place }),
    ...(event.device && { device: event.device }),
    ...(event.flags && { flags: event.flags }),
  };
}
