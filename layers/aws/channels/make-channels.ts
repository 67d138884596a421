import { createHash } from "node:crypto";
import type { PinpointSMSVoiceV2ClientConfig } from "@aws-sdk/client-pinpoint-sms-voice-v2";
import type { SESv2ClientConfig } from "@aws-sdk/client-sesv2";
import type { Channel } from "#domain/ports/channel.ts";
import type { InappStore } from "#domain/ports/inapp-store.ts";
import type { WorkStore } from "#domain/ports/work-store.ts";
import type { ChannelDefinition } from "#events/definitions/channel.ts";
import { makeAliyunSmsChannel } from "./aliyun-sms.ts";
import { makeAwsSmsChannel } from "./aws-sms.ts";
import { makeFcmChannel } from "./fcm.ts";
import { makeInappChannel } from "./inapp.ts";
import { makeJpushChannel } from "./jpush.ts";
import { makeLogChannel } from "./log.ts";
import type { ApiSurroundings } from "./post-api.ts";
import { ChannelSettingsError } from "./read-options.ts";
import { makeSesChannel } from "./ses.ts";
import { makeSmtpChannel } from "./smtp.ts";
import { makeWebhookChannel } from "./webhook.ts";
import { makeWechatChannel } from "./wechat.ts";

/** What is between a sender and its providers. */
export interface ChannelNetwork extends Pick<ApiSurroundings, "resolve" | "post" | "clock"> {
  /** What the clients of AWS are made with. */
  readonly aws: Pick<SESv2ClientConfig & PinpointSMSVoiceV2ClientConfig, "credentials" | "region" | "requestHandler">;
}

export interface ChannelSurroundings {
  /** Reads a secret by the name that a definition gives it; remembered for a while. */
  readonly secretOf: (name: string) => () => Promise<string | undefined>;
  readonly inbox: Pick<InappStore, "put">;
  readonly allowedHosts: ReadonlySet<string>;
  /** Where tokens of access are shared. */
  readonly work: Pick<WorkStore, "find" | "save">;
  readonly sleep: (delayMs: number) => Promise<unknown>;
  readonly now: () => number;
  readonly log: (message: string, shape: Readonly<Record<string, unknown>>) => void;
  /** Default: the real one. */
  readonly network?: ChannelNetwork;
}

type Make = (definition: ChannelDefinition, of: ChannelSurroundings) => Channel;

/** Every adapter there is, by its name in definitions. */
const ADAPTERS: Readonly<Record<string, Make>> = {
  ses: (definition, { network }) => makeSesChannel(definition, network?.aws),
  smtp: (definition, { secretOf }) => makeSmtpChannel(definition, { secret: secretFor(definition, secretOf) }),
  "standard-webhooks": (definition, of) => makeWebhookChannel(definition, apiOf(definition, of)),
  aliyun: (definition, of) => makeAliyunSmsChannel(definition, apiOf(definition, of)),
  aws: (definition, { network }) => makeAwsSmsChannel(definition, network?.aws),
  fcm: (definition, of) => makeFcmChannel(definition, apiOf(definition, of)),
  jpush: (definition, of) => makeJpushChannel(definition, apiOf(definition, of)),
  "official-account": (definition, of) =>
    makeWechatChannel(definition, { ...apiOf(definition, of), work: of.work, sleep: of.sleep }),
  inapp: (definition, { inbox, now }) => makeInappChannel(definition, inbox, now),
  log: (definition, { log }) => makeLogChannel(definition, log),
};

/** The adapter of a definition, made once for each version of it: connections and tokens are kept between messages. A
 *  definition that its adapter cannot follow gives a channel that answers `retry` with `channel_settings` to everything:
 *  nothing is lost while an operator mends it. */
export function makeChannels(of: ChannelSurroundings): (definition: ChannelDefinition) => Channel {
  const made = new Map<string, { readonly version: string; readonly channel: Channel }>();
  return (definition) => {
    const version = createHash("sha256").update(JSON.stringify(definition)).digest("hex");
    const held = made.get(definition.name);
    if (held?.version === version) return held.channel;
    const channel = guardSettings(definition, of);
    made.set(definition.name, { version, channel });
    return channel;
  };
}

function guardSettings(definition: ChannelDefinition, of: ChannelSurroundings): Channel {
  const { name, adapter } = definition;
  const unsettled = (error: ChannelSettingsError) => {
    of.log("channel_settings", { channel: name, problem: error.message });
    return { kind: "retry", afterMs: 60_000, code: "channel_settings" } as const;
  };
  try {
    const channel = makeAdapter(definition, of);
    return {
      ...channel,
      send: (message, by) =>
        channel.send(message, by).catch((error: unknown) => {
          // Thrown before anything was sent; every other error may come from anywhere.
          if (error instanceof ChannelSettingsError) return unsettled(error);
          throw error;
        }),
    };
  } catch (error) {
    if (!(error instanceof ChannelSettingsError)) throw error;
    return { name, adapter, idempotent: false, send: async () => unsettled(error) };
  }
}

function makeAdapter(definition: ChannelDefinition, of: ChannelSurroundings): Channel {
  const make = ADAPTERS[definition.adapter];
  if (!make) throw new ChannelSettingsError(`channel ${definition.name}: adapter`);
  return make(definition, of);
}

function apiOf(definition: ChannelDefinition, { secretOf, now, allowedHosts, network }: ChannelSurroundings) {
  const { resolve, post, clock } = network ?? {};
  return { secret: secretFor(definition, secretOf), now, allowedHosts, resolve, post, clock };
}

/** A secret that cannot be read is one that is not there. */
function secretFor(
  { name, secret }: ChannelDefinition,
  secretOf: ChannelSurroundings["secretOf"],
): (() => Promise<string | undefined>) | undefined {
  if (secret === undefined) return undefined;
  const read = secretOf(secret);
  return async () => {
    try {
      return await read();
    } catch (cause) {
      throw new ChannelSettingsError(`channel ${name}: its secret cannot be read`, { cause });
    }
  };
}
