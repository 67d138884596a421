import * as z from "zod";
import { ChannelName } from "#events/definitions/template.ts";

export const TestSendRequest = z
  .strictObject({
    to: z.string().min(1).max(512).meta({
      description:
        "Where it goes, as it is: an e-mail address, a phone number; a profile id for the inbox and the log.",
    }),
    by: z
      .string()
      .optional()
      .meta({ description: "The channel definition to use; otherwise the first of the channel." }),
    locale: z.string().min(1).max(64).optional(),
    sample: z.record(z.string(), z.unknown()).optional().meta({ description: "Instead of the template's own." }),
  })
  .meta({ id: "TestSendRequest", example: { to: "ann@example.com", locale: "zh" } });

export const TestSendAnswer = z
  .object({
    touchId: z.string().meta({ description: "`test-…`: no touch is stored." }),
    channel: ChannelName,
    by: z.string(),
    result: z.enum(["sent", "failed", "retry", "unknown"]).meta({ description: "What the provider answered." }),
    code: z.string().nullable(),
    providerId: z.string().nullable(),
  })
  .meta({
    id: "TestSendAnswer",
    example: {
      touchId: "test-0193e2a47c1e",
      channel: "email",
      by: "mail",
      result: "sent",
      code: null,
      providerId: "0100018e",
    },
  });
