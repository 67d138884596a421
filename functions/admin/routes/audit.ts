import * as z from "zod";
import { writeInstant } from "#events/admin-api/answer.ts";
import { AuditPage } from "#events/admin-api/audit.ts";
import { From, pageQuery, To } from "#events/admin-api/page-query.ts";
import { AdminError } from "../admin-error.ts";
import { readCursor, writeCursor } from "../cursor.ts";
import { defineRoute } from "../route.ts";

const DAY_MS = 86_400_000;
/** Entries lie by day: what is asked for at once is bounded by days. */
const DEFAULT_DAYS = 30;
const MAX_DAYS = 92;
/** The instant and id of the last entry given. */
const Place = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z#.{1,128}$/);

export const listAudit = defineRoute({
  method: "GET",
  path: "/admin/v1/audit",
  role: "viewer",
  tag: "Audit",
  summary: "Who changed what",
  description: `Newest first; the last ${DEFAULT_DAYS} days if nothing is said, at most ${MAX_DAYS} days at once.`,
  query: z.object({ from: From, to: To, ...pageQuery({ default: 50, max: 200 }) }),
  answers: { 200: { description: "A page of administrative changes.", schema: AuditPage } },
  async handle({ query, now }, { audit }) {
    // What a machine with a faster clock wrote is there too.
    const to = query.to ?? now + DAY_MS;
    const from = query.from ?? Math.max(0, to - DEFAULT_DAYS * DAY_MS);
    if (to - from > MAX_DAYS * DAY_MS) {
      throw new AdminError(400, "request_invalid", `ask for at most ${MAX_DAYS} days at once`, {
        details: { faults: [{ path: "query.from", code: "too_wide", message: `at most ${MAX_DAYS} days before to` }] },
      });
    }
    const after = readCursor("audit", query.cursor, Place);
    const { entries, cursor } = await audit.list({
      from,
      to,
      limit: query.limit,
      ...(after !== undefined && { cursor: after }),
    });
    const items = entries.map((entry) => ({ ...entry, at: writeInstant(entry.at) }));
    return { status: 200, body: { items, cursor: cursor === undefined ? null : writeCursor("audit", cursor) } };
  },
});
