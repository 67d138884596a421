import * as z from "zod";
import { Instant, pageOf } from "./answer.ts";

const ProfileId = z.string().regex(/^p_[\w-]{1,64}$/, "a profile id is such as p_7c4qk2m9x0v3d8s1t6b5n4h2aa");

/** Which merge to take apart. */
export const UnmergeRequest = z
  .strictObject({
    profileId: ProfileId.meta({ description: "One of the person's `mergedFrom`: who is taken out again." }),
  })
  .meta({ id: "UnmergeRequest", example: { profileId: "p_1s8v0c3n7r5k2e9y4u6w1q0zbb" } });
export type UnmergeRequest = z.infer<typeof UnmergeRequest>;

/** The two people that one has become. Both ids are new: an id is never used again. */
export const UnmergeAnswer = z
  .object({
    kept: z.string().meta({ description: "Who has all other identifiers and their events." }),
    taken: z.string().meta({
      description: "Who has the identifiers that the person named held before the merge, and their events.",
    }),
  })
  .meta({
    id: "Unmerge",
    example: { kept: "p_9f2m4x7b1t0q8d6k3s5v2n1haa", taken: "p_4w7e0r2y9u1i6o3p5a8s2d4fcc" },
  });
export type UnmergeAnswer = z.infer<typeof UnmergeAnswer>;

/** Why an event did not link what it names. */
export const ConflictReason = z.enum([
  "different_unique_identifier",
  "identifier_limit",
  "merge_limit",
  "separated",
  "previous_id_is_user",
]);
export type ConflictReason = z.infer<typeof ConflictReason>;

/** An identifier that events keep linking to people it cannot belong to. */
export const IdentityConflict = z
  .object({
    identifier: z.object({
      type: z.string(),
      value: z.string().meta({ description: "`*`: many different values of this type within moments." }),
    }),
    reason: ConflictReason.meta({
      description:
        "`different_unique_identifier`: both sides have a userId of their own. `identifier_limit`: the person has as many of this type as one may have. `merge_limit`: the person went through 100 merges. `separated`: an un-merge took these two apart. `previous_id_is_user`: an alias called a userId anonymous.",
    }),
    profileId: z.string().meta({ description: "The person that the newest such event went to." }),
    count: z.int().meta({ description: "Events refused the link; the event itself always counts." }),
    at: Instant.meta({ description: "When the newest was met." }),
  })
  .meta({
    id: "IdentityConflict",
    example: {
      identifier: { type: "deviceId", value: "kiosk-7" },
      reason: "different_unique_identifier",
      profileId: "p_7c4qk2m9x0v3d8s1t6b5n4h2aa",
      count: 312,
      at: "2026-03-01T09:30:00.000Z",
    },
  });
export type IdentityConflict = z.infer<typeof IdentityConflict>;

/** By reason, then by identifier. */
export const IdentityConflictPage = pageOf(IdentityConflict).meta({ id: "IdentityConflictPage" });
export type IdentityConflictPage = z.infer<typeof IdentityConflictPage>;
