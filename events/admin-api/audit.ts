import * as z from "zod";
import { Instant, pageOf } from "./answer.ts";

/** One administrative change. */
export const AuditItem = z
  .object({
    id: z.string(),
    at: Instant,
    actor: z.string().meta({ description: "Name of the token that asked." }),
    role: z.string(),
    action: z.string(),
    target: z.string(),
    requestId: z.string(),
    outcome: z.enum(["attempted", "done", "failed"]).meta({
      description: "`attempted`: it was begun and nobody saw its end; the change may or may not have been made.",
    }),
    details: z.unknown().optional(),
  })
  .meta({
    id: "AuditItem",
    example: {
      id: "0195a0b2-7c11-7d0e-a1b2-3c4d5e6f7a8b",
      at: "2026-03-01T09:30:00.000Z",
      actor: "ops",
      role: "admin",
      action: "definitions.put",
      target: "tag/frequent-buyer",
      requestId: "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
      outcome: "done",
      details: { version: 7 },
    },
  });
export type AuditItem = z.infer<typeof AuditItem>;

/** Newest first. */
export const AuditPage = pageOf(AuditItem).meta({ id: "AuditPage" });
export type AuditPage = z.infer<typeof AuditPage>;
