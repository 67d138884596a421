import * as z from "zod";

const Title = z.string().min(1);
const Url = z.string().min(1);

/** A message as it goes to a provider: rendered, in the shape of its channel. */
export const Message = z
  .discriminatedUnion("channel", [
    z.object({
      channel: z.literal("email"),
      subject: z.string().min(1),
      html: z.string().min(1),
      text: z.string(),
      /** Further header lines by name, `List-Unsubscribe` for one. */
      headers: z.record(z.string(), z.string()),
    }),
    z.object({
      channel: z.literal("sms"),
      text: z.string().min(1),
      /** For providers that send templates of their own: its code, and the values of its variables. */
      templateCode: z.string().optional(),
      data: z.record(z.string(), z.string()).optional(),
    }),
    z.object({ channel: z.literal("push"), title: Title, body: z.string().min(1), url: Url.optional() }),
    z.object({ channel: z.literal("inapp"), title: Title, body: z.string().min(1), url: Url.optional() }),
    z.object({
      channel: z.literal("wechat"),
      templateId: z.string().optional(),
      data: z.record(z.string(), z.string()),
      url: Url.optional(),
    }),
    /** The body of the request, JSON that parses. */
    z.object({ channel: z.literal("webhook"), json: z.string().min(1) }),
    z.object({ channel: z.literal("log"), text: z.string().min(1) }),
  ])
  .meta({ id: "Message", description: "A rendered message, in the shape of its channel." });
export type Message = z.infer<typeof Message>;
