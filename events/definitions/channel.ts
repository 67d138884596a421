import * as z from "zod";
import { commonFields } from "./fields.ts";
import { ChannelName } from "./template.ts";

/** The adapters of each channel. */
const ADAPTERS: Record<ChannelName, readonly string[]> = {
  email: ["ses", "smtp"],
  sms: ["aws", "aliyun"],
  push: ["fcm", "jpush"],
  wechat: ["official-account"],
  webhook: ["standard-webhooks"],
  inapp: ["inapp"],
  log: ["log"],
};

const Rate = z.strictObject({ max: z.int().min(1).max(100_000), per: z.enum(["second", "minute", "hour"]) });

/** One way to reach people: a channel with the adapter, options and secret of one provider. Of several definitions of one
 *  channel the one with the lowest `priority` is used first, the others where its breaker is open. */
export const ChannelDefinition = z
  .strictObject({
    kind: z.literal("channel"),
    ...commonFields,
    channel: ChannelName,
    adapter: z.string().min(1).max(64),
    /** What the adapter asks for: addresses, names, endpoints. Never a secret. */
    options: z.record(z.string(), z.union([z.string().max(2_000), z.number(), z.boolean()])).optional(),
    /** The name of a secret (Secrets Manager; `<data-dir>/secrets.json` on a laptop), never its value: senders may read
     *  those below `strata/` and no others. */
    secret: z
      .string()
      .max(512)
      .regex(/^strata\/./, "the name of a secret begins with strata/: senders may read no others")
      .meta({ example: "strata/smtp" })
      .optional(),
    /** How many messages the provider takes. Default: 10 a second. */
    rate: Rate.optional(),
    priority: z.int().min(0).max(100).optional(),
  })
  .superRefine(({ channel, adapter }, context) => {
    const known = ADAPTERS[channel];
    if (known.includes(adapter)) return;
    const message = `${channel} has ${known.join(" and ")}`;
    context.addIssue({ code: "custom", path: ["adapter"], message, params: { code: "adapter_unknown" } });
  })
  .meta({ id: "ChannelDefinition" });
export type ChannelDefinition = z.infer<typeof ChannelDefinition>;
