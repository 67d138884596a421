import { makeLinkKeyReader } from "#aws/link-key.ts";
import { makeDefinitionStore } from "#aws/stores/definition-store.ts";
import { ChannelName } from "#events/definitions/template.ts";
import { CONFIG, type Equipment } from "../functions.ts";
import { secrets } from "./secrets.ts";

export const MESSAGE_CONFIG = {
  ...CONFIG,
  STRATA_TABLE_CAPS: "Caps",
  STRATA_LINK_KEY_SECRET: "LinkKey",
  STRATA_PUBLIC_URL: "https://strata.example.com",
  STRATA_QUEUE_EMAIL: "email",
  STRATA_QUEUE_SMS: "sms",
  STRATA_QUEUE_PUSH: "push",
  STRATA_QUEUE_WECHAT: "wechat",
  STRATA_QUEUE_WEBHOOK: "webhook",
  STRATA_QUEUE_INAPP: "inapp",
  STRATA_QUEUE_LOG: "log",
} as const;

/** A channel's queue is called as the channel. */
export const CHANNEL_QUEUES: ReadonlySet<string> = new Set(ChannelName.options);

/** The deployment's key for links and addresses. */
export function linkKeyOf(now: () => number) {
  return makeLinkKeyReader({ secrets, secretId: MESSAGE_CONFIG.STRATA_LINK_KEY_SECRET, now });
}

export const MAX_AGE_MS = CONFIG.STRATA_DEFINITIONS_MAX_AGE_MS;

export function storeOf(of: Pick<Equipment, "dynamo" | "s3">) {
  return makeDefinitionStore({ ...of, table: CONFIG.STRATA_TABLE_DEFINITIONS, bucket: CONFIG.STRATA_BUCKET });
}
