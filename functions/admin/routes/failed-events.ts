import * as z from "zod";
import { writeInstant } from "#events/admin-api/answer.ts";
import { type FailedEventItem, FailedEventPage, ReplayAnswer, ReplayRequest } from "#events/admin-api/failed-events.ts";
import { pageQuery } from "#events/admin-api/page-query.ts";
import type { FailedEvent } from "#events/failed-event.ts";
import { auditChange } from "../audit-change.ts";
import { readCursor, writeCursor } from "../cursor.ts";
import { readFailedObject } from "../read-failed-object.ts";
import { replayObjects } from "../replay-objects.ts";
import { defineRoute } from "../route.ts";

const tag = "Failed events";
/** Lambda answers with at most 6 MB. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
/** Where the list goes on: after an object, or at its start. */
const Place = z.object({ after: z.string().max(1_024).optional(), skip: z.int().min(0).max(1_000) });

export const listFailedEvents = defineRoute({
  method: "GET",
  path: "/admin/v1/failed-events",
  role: "viewer",
  tag,
  summary: "List what was refused, and why",
  description: "By object, newest first.",
  query: z.object(pageQuery({ default: 20, max: 50 })),
  answers: { 200: { description: "The events of up to `limit` objects.", schema: FailedEventPage } },
  async handle({ query }, { failed }) {
    const { after, skip } = readCursor("failed", query.cursor, Place) ?? { after: undefined, skip: 0 };
    const page = await failed.list({ limit: query.limit, ...(after !== undefined && { cursor: after }) });
    const items: FailedEventItem[] = [];
    let bytes = 0;
    for (const [index, object] of page.objects.entries()) {
      if (index < skip) continue;
      if (bytes > MAX_ANSWER_BYTES) {
        return { status: 200, body: { items, cursor: writeCursor("failed", { after, skip: index }) } };
      }
      const shown = viewObject(object, await readFailedObject(object, { failed }));
      bytes += JSON.stringify(shown).length;
      items.push(...shown);
    }
    const cursor = page.cursor === undefined ? null : writeCursor("failed", { after: page.cursor, skip: 0 });
    return { status: 200, body: { items, cursor } };
  },
});

export const replayFailedEvents = defineRoute({
  method: "POST",
  path: "/admin/v1/failed-events/replay",
  role: "operator",
  tag,
  summary: "Enter failed events again",
  description:
    "After a fix: calls are collected by the definitions in force, events that could not be folded go to the fold again. Doing it twice counts nothing twice.",
  body: ReplayRequest,
  answers: { 200: { description: "What became of each object.", schema: ReplayAnswer } },
  refusals: { 503: "stream_throttled, stream_unavailable" },
  async handle(input, ports) {
    const { objects, code } = input.body;
    const target = objects === undefined ? "failed/" : objects.join(" ").slice(0, 1_024);
    const answer = await auditChange(input, { action: "failed-events.replay", target }, ports, async () => {
      const result = await replayObjects({ objects, code }, ports);
      const { replayed, refused, kept } = result;
      return { result, details: { code, objects: result.objects.length, replayed, refused, kept } };
    });
    return { status: 200, body: answer };
  },
});

function viewObject(object: string, events: FailedEvent[] | "missing" | "unreadable"): FailedEventItem[] {
  if (events === "missing") return [];
  if (events !== "unreadable") return events.map((event) => viewFailedEvent(object, event));
  const message = "the object is not what this platform writes";
  return [{ object, stage: "unreadable", code: "failed_object_unreadable", message, failedAt: null }];
}

function viewFailedEvent(object: string, failed: FailedEvent): FailedEventItem {
  const { stage, code, message } = failed;
  const shared = { object, stage, code, message, failedAt: writeInstant(failed.failedAt) };
  if (failed.stage === "stream") return shared;
  const { source, receivedAt } = failed.stage === "collect" ? failed : failed.event;
  const event: unknown = failed.stage === "collect" ? failed.call : failed.event;
  return { ...shared, source, receivedAt: writeInstant(receivedAt), event };
}
