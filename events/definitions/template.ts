import * as z from "zod";
import { commonFields, Locale } from "./fields.ts";

/** What people are reached by. */
export const ChannelName = z.enum(["email", "sms", "push", "wechat", "webhook", "inapp", "log"]);
export type ChannelName = z.infer<typeof ChannelName>;

export const Category = z.enum(["marketing", "transactional"]);
export type Category = z.infer<typeof Category>;

/** Liquid source. 64 KB is more than any message that a mailbox shows whole (Gmail clips at 102 KB of HTML). */
const Source = z.string().max(65_536);

/** One message in one language: Liquid in every field. Which fields a channel asks for is checked with the channel. */
const Content = z.strictObject({
  /** E-mail: the subject line. */
  subject: Source.min(1).max(2_000).optional(),
  /** E-mail: the line that mailboxes show behind the subject. */
  preheader: Source.max(2_000).optional(),
  /** Push, in-app: the headline. */
  title: Source.min(1).max(2_000).optional(),
  /** The message: HTML for e-mail, text for SMS, push and in-app, JSON for a webhook, any text for the log. */
  body: Source.min(1).optional(),
  /** E-mail: the text part; derived from the HTML where it is left out. */
  text: Source.optional(),
  /** Push, in-app, WeChat: where a tap leads. */
  url: Source.max(2_000).optional(),
  /** WeChat, and SMS with a `smsTemplateCode`: the fields of the account's own template, by name. */
  data: z.record(z.string().regex(/^[A-Za-z][\w.]{0,31}$/), Source.max(2_000)).optional(),
});
export type TemplateContent = z.infer<typeof Content>;

const NEEDS: Record<ChannelName, readonly (keyof TemplateContent)[]> = {
  email: ["subject", "body"],
  sms: ["body"],
  push: ["title", "body"],
  wechat: ["data"],
  webhook: ["body"],
  inapp: ["title", "body"],
  log: ["body"],
};

/** A message in every language that it is sent in, or a partial: a piece that other templates render by its name. */
export const TemplateDefinition = z
  .strictObject({
    kind: z.literal("template"),
    ...commonFields,
    channel: z.union([ChannelName, z.literal("partial")]),
    /** Marketing needs consent, and carries a way to unsubscribe. */
    category: Category.optional(),
    locales: z.record(Locale, Content).refine((locales) => Object.keys(locales).length > 0, {
      error: "at least one language",
      params: { code: "template_without_locale" },
    }),
    /** WeChat: the id of the account's template. */
    wechatTemplateId: z.string().min(1).max(128).optional(),
    /** SMS, for providers that send templates of their own: the code of the account's template (`SMS_15305****`). `data`
     *  holds its variables; `body` is what it reads like, for previews and for counting its length. */
    smsTemplateCode: z.string().min(1).max(128).optional(),
    /** What a preview is rendered with: `{ person: {…}, event: {…}, arm: "coupon" }`. */
    sample: z.record(z.string(), z.unknown()).optional(),
  })
  .superRefine(({ channel, category, locales }, context) => {
    if (channel !== "partial" && category === undefined) {
      const message = "marketing or transactional";
      context.addIssue({ code: "custom", path: ["category"], message, params: { code: "missing" } });
    }
    const needs: readonly (keyof TemplateContent)[] = channel === "partial" ? ["body"] : NEEDS[channel];
    for (const [locale, content] of Object.entries(locales)) {
      for (const field of needs.filter((name) => content[name] === undefined)) {
        const message = `${channel} needs ${field}`;
        context.addIssue({ code: "custom", path: ["locales", locale, field], message, params: { code: "missing" } });
      }
    }
  })
  .meta({ id: "TemplateDefinition" });
export type TemplateDefinition = z.infer<typeof TemplateDefinition>;
