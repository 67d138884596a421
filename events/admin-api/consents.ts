import * as z from "zod";
import { ChannelName } from "#events/definitions/template.ts";
import { Instant, pageOf } from "./answer.ts";

/** What a consent may be about: a channel, or all of them. */
export const ConsentChannel = z.union([ChannelName, z.literal("*")]);

/** One statement of the consent ledger. */
export const ConsentItem = z
  .object({
    messageId: z.string().meta({ description: "The event that said so." }),
    purpose: z.string(),
    channel: z.string().meta({ description: "`*`: all of them." }),
    granted: z.boolean(),
    at: Instant.meta({ description: "When it was said." }),
    receivedAt: Instant,
    source: z.string().meta({ description: "The source that sent it; `strata`: our own page or API." }),
    collectedBy: z.string().optional().meta({ description: "Who recorded it." }),
    textVersion: z.string().optional().meta({ description: "Which wording the person saw." }),
    proof: z.string().optional(),
  })
  .meta({
    id: "ConsentStatement",
    example: {
      messageId: "strata:consent:0199a7d2-6f0e-7cc0-8f4e-0d6a9a3c1b22",
      purpose: "marketing",
      channel: "email",
      granted: false,
      at: "2026-03-01T09:30:00.000Z",
      receivedAt: "2026-03-01T09:30:00.000Z",
      source: "strata",
      collectedBy: "one-click",
      proof: "touch:t_9f2c4be01d",
    },
  });
export type ConsentItem = z.infer<typeof ConsentItem>;

/** Newest first. */
export const ConsentPage = pageOf(ConsentItem).meta({ id: "ConsentPage" });

export const ConsentBody = z
  .strictObject({
    granted: z.boolean(),
    textVersion: z.string().min(1).max(200).optional(),
    proof: z.string().min(1).max(2_000).optional().meta({ description: "A call, a letter, a signed form…" }),
  })
  .meta({ id: "ConsentChange", example: { granted: false, proof: "call of 1 March, ticket 4711" } });

export const ConsentAnswer = z
  .object({
    profileId: z.string(),
    purpose: z.string(),
    channel: z.string(),
    granted: z.boolean(),
    messageId: z.string().meta({ description: "The event that changes the profile and stands in the ledger." }),
  })
  .meta({
    id: "ConsentAccepted",
    example: {
      profileId: "p_7c4qk2m9x0v3d8s1t6b5n4h2aa",
      purpose: "marketing",
      channel: "email",
      granted: false,
      messageId: "strata:consent:0199a7d2-6f0e-7cc0-8f4e-0d6a9a3c1b22",
    },
  });
