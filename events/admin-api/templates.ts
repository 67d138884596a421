import * as z from "zod";
import { DefinitionName } from "#events/definitions/fields.ts";
import { ChannelName } from "#events/definitions/template.ts";
import { Message } from "#events/message.ts";
import { DefinitionChange } from "./definitions.ts";

const Scope = z.record(z.string(), z.unknown());

export const TemplatePreviewRequest = z
  .strictObject({
    locale: z.string().min(1).max(64).optional().meta({ description: "Instead of the person's own." }),
    profileId: z
      .string()
      .optional()
      .meta({ description: "A real person; what their occasion brings is the sample's." }),
    sample: Scope.optional().meta({ description: "What to render it with, instead of the template's own sample." }),
    arm: DefinitionName.optional().meta({ description: "The arm of the journey's last split." }),
    changes: z.array(DefinitionChange).min(1).max(200).optional().meta({
      description: "Templates and partials as they would be: nothing is written.",
    }),
  })
  .meta({ id: "TemplatePreviewRequest", example: { locale: "zh", arm: "coupon" } });
export type TemplatePreviewRequest = z.input<typeof TemplatePreviewRequest>;

const Fault = z.object({
  code: z.string(),
  field: z.string().meta({ description: "`subject`, `body`, `data.first`; empty: the whole." }),
  message: z.string(),
});

export const TemplatePreview = z
  .object({
    template: z.string(),
    channel: ChannelName,
    locale: z.string().meta({ description: "The language that was chosen." }),
    locales: z.array(z.string()),
    message: Message.nullable().meta({ description: "Null: it cannot be sent, see the faults." }),
    faults: z.array(Fault).meta({ description: "Missing values are among them: they keep a message from being sent." }),
    missing: z
      .array(z.string())
      .meta({ description: "Values that are not there and have no default: left empty here." }),
    warnings: z.array(z.object({ code: z.string(), message: z.string() })),
    links: z.array(z.string()).meta({ description: "URLs that would be tracked." }),
  })
  .meta({
    id: "TemplatePreview",
    example: {
      template: "cart-rescue",
      channel: "sms",
      locale: "zh",
      locales: ["en", "zh"],
      message: { channel: "sms", text: "王芳,您的购物车还在" },
      faults: [],
      missing: [],
      warnings: [],
      links: [],
    },
  });
export type TemplatePreview = z.infer<typeof TemplatePreview>;
