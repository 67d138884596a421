import * as z from "zod";
import { Evidence } from "#events/fact.ts";
import { Instant, pageOf } from "./answer.ts";

/** Why a person is, or is not, in a tag at this instant. */
export const MembershipExplanation = z
  .object({
    profileId: z.string(),
    key: z.string(),
    holds: z.boolean(),
    since: Instant.nullable().meta({ description: "From when it holds; null where it does not." }),
    until: Instant.nullable().meta({ description: "The first instant at which it can change with no new event." }),
    definitionVersion: z.int(),
    because: z.array(Evidence).meta({ description: "What decides it; where it does not hold, what is missing." }),
    foreseen: z
      .object({
        at: Instant,
        holds: z.boolean(),
        to: z.string().nullable().meta({ description: "Of a tier that is left: the key of the one that follows." }),
        because: z.array(Evidence).meta({ description: "What decides it then." }),
      })
      .nullable()
      .meta({ description: "What becomes of it if nothing more happens; null: it stays as it is." }),
    history: z
      .array(z.object({ key: z.string(), change: z.enum(["entered", "left"]), at: Instant, by: z.string().nullable() }))
      .meta({ description: "The changes that are known of, newest first. `by`: who set it by hand." }),
    ladder: z
      .object({
        tier: z.string(),
        next: z.object({ tier: z.string(), because: z.array(Evidence) }).nullable(),
      })
      .optional()
      .meta({ description: "Of a tier: where the person stands, and what the next better one takes." }),
    warming: z
      .object({ completeFrom: Instant.nullable().meta({ description: "Null: once a re-tiering run has filled it." }) })
      .optional()
      .meta({
        description: "There where events from before the definition may be missing from what the answer counts.",
      }),
  })
  .meta({
    id: "MembershipExplanation",
    example: {
      profileId: "p_7c4qk2m9x0v3d8s1t6b5n4h2aa",
      key: "tag:frequent-buyer",
      holds: true,
      since: "2026-02-11T10:00:00.000Z",
      until: "2026-03-12T16:00:00.000Z",
      definitionVersion: 3,
      because: [{ path: "did", holds: true, seen: 3, wants: { atLeast: 3 } }],
      foreseen: {
        at: "2026-03-12T16:00:00.000Z",
        holds: false,
        to: null,
        because: [{ path: "did", holds: false, seen: 2, wants: { atLeast: 3 } }],
      },
      history: [{ key: "tag:frequent-buyer", change: "entered", at: "2026-02-11T10:00:00.000Z", by: null }],
    },
  });
export type MembershipExplanation = z.infer<typeof MembershipExplanation>;

/** Who is in a tag, in no particular order. */
export const MemberPage = pageOf(z.object({ profileId: z.string(), since: Instant })).meta({
  id: "MemberPage",
  example: {
    items: [{ profileId: "p_7c4qk2m9x0v3d8s1t6b5n4h2aa", since: "2026-02-11T10:00:00.000Z" }],
    cursor: null,
  },
});
export type MemberPage = z.infer<typeof MemberPage>;

/** How many people are in a tag. */
export const MemberCount = z
  .object({
    key: z.string(),
    count: z.int(),
    exact: z.boolean().meta({
      description: "True: counted just now. False: the last exact figure, or, if none was ever taken, at least this.",
    }),
    at: Instant.meta({ description: "When the figure was taken." }),
  })
  .meta({
    id: "MemberCount",
    example: { key: "tag:frequent-buyer", count: 412, exact: true, at: "2026-03-01T09:30:00.000Z" },
  });
export type MemberCount = z.infer<typeof MemberCount>;

/** What setting or removing a tag by hand answers. */
export const ManualTagAnswer = z
  .object({
    profileId: z.string(),
    key: z.string(),
    on: z.boolean(),
    changed: z.boolean().meta({ description: "False: it was so already and nothing was written." }),
    version: z.int().meta({ description: "Version of the profile." }),
  })
  .meta({
    id: "ManualTag",
    example: { profileId: "p_7c4qk2m9x0v3d8s1t6b5n4h2aa", key: "tag:vip", on: true, changed: true, version: 13 },
  });
export type ManualTagAnswer = z.infer<typeof ManualTagAnswer>;
