import { ChannelName } from "#events/definitions/template.ts";
import type { Dice } from "../dice.ts";

/** By what people are reached in a story: two or three channels, in the order in which a step names them, and the providers
 *  of each, the first by priority first. */
export interface Cast {
  readonly channels: readonly [first: ChannelName, second: ChannelName, ...more: ChannelName[]];
  readonly providers: readonly Provider[];
}

export interface Provider {
  readonly name: string;
  readonly channel: ChannelName;
  readonly adapter: string;
}

/** The providers that a channel may have. Mail by `smtp` is neutral: `first` does not know a message again, `second` takes
 *  each touch once. The inbox and the log need no definition. */
const PROVIDERS: Readonly<Record<ChannelName, readonly (readonly Omit<Provider, "channel">[])[]>> = {
  email: [
    [
      { name: "first", adapter: "smtp" },
      { name: "second", adapter: "smtp" },
    ],
    [
      { name: "ses", adapter: "ses" },
      { name: "second", adapter: "smtp" },
    ],
  ],
  sms: [
    [
      { name: "aliyun", adapter: "aliyun" },
      { name: "aws", adapter: "aws" },
    ],
    [{ name: "aliyun", adapter: "aliyun" }],
    [{ name: "aws", adapter: "aws" }],
  ],
  push: [
    [
      { name: "fcm", adapter: "fcm" },
      { name: "jpush", adapter: "jpush" },
    ],
    [{ name: "jpush", adapter: "jpush" }],
  ],
  wechat: [[{ name: "account", adapter: "official-account" }]],
  webhook: [[{ name: "hook", adapter: "standard-webhooks" }]],
  inapp: [[]],
  log: [[]],
};

/** Mail is in more than half of the stories: it has the most ways to say no. */
export function drawCast(dice: Dice): Cast {
  const left: ChannelName[] = [...ChannelName.options];
  const take = () => left.splice(dice.below(left.length), 1)[0] ?? "log";
  const first = dice.chance(0.45) ? (left.splice(left.indexOf("email"), 1)[0] ?? "email") : take();
  const channels: Cast["channels"] = [first, take(), ...(dice.chance(0.4) ? [take()] : [])];
  const providers = channels.flatMap((channel) => dice.pick(PROVIDERS[channel]).map((one) => ({ ...one, channel })));
  return { channels, providers };
}

/** The app of the account that people are written to by. */
export const WECHAT_APP = "wx1";

/** What the n-th person has for a channel, as `context` of their events. Their push token is of one of the services that
 *  there are. */
export function contextOf(n: number, { channels, providers }: Cast): object {
  const services = providers.filter(({ channel }) => channel === "push").map(({ adapter }) => adapter);
  return {
    traits: { email: `e${n}@x.cn`, ...(channels.includes("sms") && { phone: `+861380013800${n}` }) },
    ...(channels.includes("push") && { device: { token: tokenOf(n, services[n % services.length]) } }),
    ...(channels.includes("wechat") && {
      externalIds: [{ type: `openid:${WECHAT_APP}`, id: `openid-of-${n}` }],
    }),
  };
}

/** FCM's tokens are long, those of JPush short. */
function tokenOf(n: number, service: string | undefined): string {
  return service === "fcm" ? `${n}:${"f".repeat(70)}` : `jpush0000${n}`;
}
