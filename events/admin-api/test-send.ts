import * as z from "zod";
import { DefinitionName } from "#events/definitions/fields.ts";
import { ChannelName } from "#events/definitions/template.ts";
import { Instant } from "./answer.ts";

/** A message of a queue has an end. */
const MAX_SAMPLE_CHARS = 64_000;

export const TestSendRequest = z
  .strictObject({
    to: z.string().min(1).max(512).meta({
      description:
        "Where it goes: an e-mail address, a phone number, a device; a profile id for the inbox and the log.",
    }),
    by: z
      .string()
      .optional()
      .meta({ description: "The channel definition to use; otherwise the first of the channel." }),
    locale: z.string().min(1).max(64).optional().meta({ description: "Instead of the person's own." }),
    sample: z
      .record(z.string(), z.unknown())
      .refine((sample) => JSON.stringify(sample).length <= MAX_SAMPLE_CHARS, "a sample has at most 64,000 characters")
      .optional()
      .meta({ description: "Instead of the template's own." }),
    profileId: z
      .string()
      .optional()
      .meta({ description: "Whose message it is made as; it goes to `to` all the same." }),
    arm: DefinitionName.optional().meta({ description: "The arm of the journey's last split." }),
  })
  .meta({ id: "TestSendRequest", example: { to: "ann@example.com", locale: "zh" } });
export type TestSendRequest = z.infer<typeof TestSendRequest>;

export const StartedTestSend = z
  .object({
    id: z.string().meta({ description: "`GET /templates/{name}/test/{id}` tells what became of it, for a week." }),
    channel: ChannelName,
    by: z.string().meta({ description: "The channel definition that sends it." }),
  })
  .meta({ id: "StartedTestSend", example: { id: "0193e2a47c1e", channel: "email", by: "mail" } });
export type StartedTestSend = z.infer<typeof StartedTestSend>;

export const TestSend = z
  .object({
    ...StartedTestSend.shape,
    template: z.string(),
    state: z.enum(["queued", "sending", "sent", "failed", "unknown"]).meta({
      description: "The last three are final. `unknown`: the provider may have sent it; nobody heard its answer.",
    }),
    code: z.string().nullable().meta({
      description:
        "Why it failed: `suppressed`, `breaker_open`, `template_failed:…`, `too_late`, or the provider's word.",
    }),
    providerId: z.string().nullable(),
    requestedBy: z.string().meta({ description: "The name of a token." }),
    requestedAt: Instant,
    at: Instant.meta({ description: "When it came to this state." }),
  })
  .meta({
    id: "TestSend",
    example: {
      id: "0193e2a47c1e",
      channel: "email",
      by: "mail",
      template: "cart-rescue",
      state: "sent",
      code: null,
      providerId: "0100018e",
      requestedBy: "ann",
      requestedAt: "2026-03-01T09:30:00.000Z",
      at: "2026-03-01T09:30:02.000Z",
    },
  });
export type TestSend = z.infer<typeof TestSend>;
