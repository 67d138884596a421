import type { StoredDefinition } from "#domain/definitions/bundle.ts";
import { Definition } from "#events/definitions/index.ts";
import type { ChannelName } from "#events/definitions/template.ts";
import { definitionsOf, type Population } from "../population.ts";
import { type Cast, type Provider, WECHAT_APP } from "./cast.ts";

const HOUR_MS = 3_600_000;

/** The caps of marketing on each channel: at most so many in each stretch of that length. */
export const CAPS = [
  { max: 2, perMs: 6 * HOUR_MS },
  { max: 4, perMs: 24 * HOUR_MS },
] as const;
/** By the clock of the person. */
export const QUIET = { from: "21:00", to: "08:00" } as const;
export const PROJECT_ZONE = "Asia/Shanghai";
/** The campaign's occasion, counted from the beginning. */
export const CAMPAIGN_MS = 15 * HOUR_MS;
export const TOPIC = "arn:aws:sns:us-east-1:1:outcomes";

/** How many touches a run of each journey asks for, if it walks to its end; `cart` may end before. */
export const TOUCHES: Readonly<Record<string, number>> = { cart: 1, viewed: 1, thanks: 2, welcome: 1, campaign: 1 };

/** The names of the journeys that an event by this name lets people into. */
export const ENTERED_BY: ReadonlyMap<string, string> = new Map([
  ["Product Added", "cart"],
  ["Product Viewed", "viewed"],
  ["Order Completed", "thanks"],
]);

const LINK = "https://shop.example.com/offer";
const CONTENTS: Readonly<Record<ChannelName, object>> = {
  email: {
    subject: "Hello",
    body: `<p><a href="${LINK}">see</a> <a href="{{ links.unsubscribe }}">no more</a></p>`,
  },
  sms: { body: "Hello", data: { word: "hello" } },
  push: { title: "Hello", body: "see", url: LINK },
  wechat: { data: { first: "Hello" }, url: LINK },
  webhook: { body: '{"hello":true}' },
  inapp: { title: "Hello", body: "see", url: LINK },
  log: { body: "Hello" },
};
const OPTIONS: Readonly<Record<string, object>> = {
  smtp: { host: "127.0.0.1", from: "shop@example.com" },
  ses: { from: "shop@example.com", snsTopics: TOPIC },
  aliyun: { signName: "shop" },
  aws: { originationIdentity: "pool", snsTopics: TOPIC },
  "official-account": { appId: WECHAT_APP },
  "standard-webhooks": { url: "https://hooks.example.com/strata" },
};

/** The definitions of a world in which messages are sent. Two journeys name several channels in order. */
export function messageDefinitions(people: Population, { channels, providers }: Cast, start: number) {
  const [first, second, third = first] = channels;
  const templates = (name: string, category: string) =>
    channels.map((channel) => ({
      kind: "template",
      name: `${name}-${channel}`,
      channel,
      category,
      locales: { en: CONTENTS[channel] },
      ...(channel === "wechat" && { wechatTemplateId: "template" }),
      ...(channel === "sms" && { smsTemplateCode: "SMS_1" }),
    }));
  const written: readonly object[] = [
    {
      kind: "setting",
      name: "project",
      timeZone: PROJECT_ZONE,
      identityTypes: [],
      caps: channels.flatMap((channel) =>
        CAPS.map(({ max, perMs }) => ({ channel, category: "marketing", max, per: `${perMs / HOUR_MS}h` })),
      ),
      quietHours: QUIET,
    },
    {
      kind: "journey",
      name: "cart",
      trigger: { event: "Product Added" },
      goal: { event: "Order Completed", within: "3d" },
      steps: [{ waitFor: { event: "Order Completed", for: "1h", then: "end" } }, send(channels, "rescue", "marketing")],
    },
    {
      kind: "journey",
      name: "viewed",
      trigger: { event: "Product Viewed" },
      steps: [send(first, "look", "marketing", { overCap: "wait" })],
    },
    {
      kind: "journey",
      name: "thanks",
      trigger: { event: "Order Completed" },
      steps: [
        send(second, "receipt", "transactional"),
        { wait: { for: "2h" } },
        send(third, "more", "marketing", { overCap: "wait" }),
      ],
    },
    {
      kind: "journey",
      name: "welcome",
      trigger: { enters: "tag:viewer" },
      entry: { once: "ever" },
      steps: [{ wait: { for: "30m" } }, send([second, first], "look", "marketing")],
    },
    {
      kind: "journey",
      name: "campaign",
      trigger: { schedule: { at: new Date(start + CAMPAIGN_MS).toISOString(), segment: "lookers" } },
      steps: [send(first, "look", "marketing", { overCap: "wait" })],
    },
    { kind: "segment", name: "lookers", rule: { did: { event: "Product Viewed", atLeast: 1 } } },
    ...templates("rescue", "marketing"),
    ...templates("look", "marketing"),
    ...templates("more", "marketing"),
    ...templates("receipt", "transactional"),
    ...providers.map((provider, priority) => channelOf(provider, priority)),
  ];
  return [
    ...definitionsOf(1, people).filter(({ kind }) => kind !== "setting"),
    ...written.map((one): StoredDefinition => {
      const definition = Definition.parse(one);
      return { kind: definition.kind, name: definition.name, version: 1, definition };
    }),
  ];
}

function send(channel: string | readonly string[], template: string, category: string, rest: object = {}): object {
  return { send: { channel, template, category, ...rest } };
}

function channelOf({ name, channel, adapter }: Provider, priority: number): object {
  const rate = { max: 10, per: "second" };
  const options = OPTIONS[adapter];
  return {
    kind: "channel",
    name,
    channel,
    adapter,
    priority,
    rate,
    secret: `strata/${name}`,
    ...(options && { options }),
  };
}
