import * as z from "zod";
import { Instant, pageOf } from "./answer.ts";

/** One pass over everyone. */
export const RetierRun = z
  .object({
    runId: z.string(),
    status: z.enum(["running", "done", "stopped", "failed"]),
    reason: z.enum(["nightly", "definitions", "request"]),
    by: z.string().meta({ description: "Who asked for it: the name of a token, or the rule that fired." }),
    startedAt: Instant,
    finishedAt: Instant.nullable(),
    phase: z.enum(["thresholds", "everyone", "tags", "mend", "missing", "done"]).meta({
      description:
        "Quantiles of the population are found first, where a rule asks for any; then everyone is evaluated; then the table of members is compared with what was seen, and mended where it disagrees.",
    }),
    slices: z.object({ done: z.int(), total: z.int() }).meta({ description: "Of this phase." }),
    people: z.object({
      seen: z.int(),
      changed: z.int().meta({ description: "Whose profile was written." }),
      failed: z.int().meta({ description: "Who could not be evaluated: the log says why." }),
      expected: z.int().nullable().meta({ description: "As many as the run before has seen." }),
    }),
    facts: z.int().meta({ description: "Changes of memberships." }),
    repaired: z.int().meta({ description: "Rows of the table of members that were wrong or missing." }),
    etaSeconds: z.int().nullable(),
    bundleVersion: z.int().meta({ description: "The definitions that everyone is evaluated by, or later ones." }),
    exact: z.literal(true),
  })
  .meta({
    id: "RetierRun",
    example: {
      runId: "0193e2a4-7c1e-7c3a-9d52-0b6f1c2d3e4f",
      status: "running",
      reason: "nightly",
      by: "nightly",
      startedAt: "2026-03-01T01:15:00.000Z",
      finishedAt: null,
      phase: "everyone",
      slices: { done: 3, total: 8 },
      people: { seen: 60_500, changed: 412, failed: 0, expected: 160_000 },
      facts: 530,
      repaired: 0,
      etaSeconds: 95,
      bundleVersion: 12,
      exact: true,
    },
  });
export type RetierRun = z.infer<typeof RetierRun>;

export const RetierRunPage = pageOf(RetierRun);
export type RetierRunPage = z.infer<typeof RetierRunPage>;

export const StartedRun = z
  .object({
    runId: z.string(),
    started: z.boolean().meta({ description: "False: a run is going on already; this is that one." }),
  })
  .meta({ id: "StartedRun" });
export type StartedRun = z.infer<typeof StartedRun>;
