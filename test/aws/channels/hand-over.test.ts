import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeAliyunSmsChannel } from "#aws/channels/aliyun-sms.ts";
import { makeAwsSmsChannel } from "#aws/channels/aws-sms.ts";
import { makeChannels } from "#aws/channels/make-channels.ts";
import { hashAddress } from "#domain/links/link-token.ts";
import type { IdentifierKey } from "#domain/profile/state.ts";
import { sendBatch } from "#domain/sending/send-batch.ts";
import { ChannelDefinition } from "#events/definitions/channel.ts";
import { openLoopbackApi, type Reaction } from "../../support/loopback-api.ts";
import { NOON } from "../../support/people.ts";
import { LINK_KEY, openSendWorld } from "../../support/send-world.ts";

const PHONE = "+8613512345678";
const SECRET = { accessKeyId: "planted-access-key-id", accessKeySecret: "planted-access-key-secret" };
const RATE = { max: 1000, per: "second" };
const template = {
  kind: "template",
  name: "text",
  channel: "sms",
  category: "marketing",
  smsTemplateCode: "SMS_1",
  locales: { en: { body: "Hi {{ person.traits.name | default: 'you' }}", data: { name: "you" } } },
};

/** Ann by SMS: Alibaba Cloud first, AWS where its breaker is open. Both are servers on this machine. */
async function open(first: (touchId: string) => Reaction) {
  const aliyun = await openLoopbackApi((request) => first(request.query.get("OutId") ?? ""));
  const aws = await openLoopbackApi(() => ({ body: { MessageId: `m-${aws.requests.length}` } }));
  const definitions = [
    {
      name: "first",
      adapter: "aliyun",
      priority: 0,
      options: { signName: "x", endpoint: aliyun.url },
      secret: "strata/s",
    },
    { name: "second", adapter: "aws", priority: 1, options: { originationIdentity: "p", region: "eu-west-1" } },
  ].map((one) => ChannelDefinition.parse({ kind: "channel", channel: "sms", rate: RATE, ...one }));
  const world = openSendWorld(template, ...definitions);
  await world.person("ann", {
    identifiers: new Map([[`phone:${PHONE}` as IdentifierKey, NOON]]),
    consent: new Map([["marketing.sms", { granted: true, at: NOON }]]),
  });
  const adapters = new Map(
    definitions.map((definition) => [
      definition.name,
      definition.adapter === "aliyun"
        ? makeAliyunSmsChannel(definition, {
            secret: async () => JSON.stringify(SECRET),
            now: world.now,
            allowedHosts: aliyun.allowedHosts,
          })
        : makeAwsSmsChannel(definition, {
            endpoint: aws.url,
            credentials: { accessKeyId: "a", secretAccessKey: "planted-aws-secret" },
          }),
    ]),
  );
  const ports = {
    ...world.ports,
    channelOf: ({ name }: ChannelDefinition) =>
      adapters.get(name) ?? world.ports.channelOf({ name } as ChannelDefinition),
  };
  const addressHash = hashAddress("sms", PHONE, LINK_KEY);
  const ids = Array.from({ length: 6 }, (_, n) => `t-${n}`);
  for (const id of ids) {
    await world.touch(id, { to: "ann", channel: "sms", channels: ["sms"], template: "text", addressHash });
  }
  const sentByFirst = () => aliyun.requests.map(({ query }) => query.get("OutId"));
  const sentBySecond = () => new Set(aws.requests.map(({ body }): string => JSON.parse(body).Context.touchId));
  const requestsOfSecond = () => aws.requests.length;
  return { world, ids, work: () => sendBatch(ports, "sms", ids), sentByFirst, sentBySecond, requestsOfSecond };
}

describe("with two providers for a channel", () => {
  test("the second takes over what the first surely has not, and nothing else", async () => {
    const busy: Reaction = { status: 503, body: { Code: "Throttling", Message: `about ${PHONE}` } };
    const { world, ids, work, sentByFirst, sentBySecond, requestsOfSecond } = await open((id) =>
      id === "t-0" ? "drop" : busy,
    );
    const { open: opened } = await work();
    expect(opened).toEqual(["first"]);
    expect(sentBySecond()).toEqual(new Set());
    world.advance(20_000);
    await work();
    expect(new Set(sentByFirst())).toEqual(new Set(ids));
    // t-0 may have gone out: nobody sends it again.
    expect(sentBySecond()).toEqual(new Set(ids.slice(1)));
    world.advance(60_000);
    await work();
    expect([sentByFirst().length, requestsOfSecond()]).toEqual([6, 5]);
    expect(await world.stored("t-0")).toMatchObject({ state: "unknown", reason: "connection_lost" });
    expect(await world.stored("t-1")).toMatchObject({ state: "sent", provider: "second", segments: 1 });
  });

  const BUSY: Reaction = { status: 503, body: { Code: "Throttling" } };
  const UNPAID: Reaction = { status: 400, body: { Code: "isv.AMOUNT_NOT_ENOUGH" } };
  const TAKEN: Reaction = { body: { Code: "OK", BizId: "900^0" } };
  const NONSENSE: Reaction = { status: 502, body: "<html>" };
  const MAY_BE_OUT: readonly Reaction[] = [TAKEN, NONSENSE, "drop"];

  test("whatever the first answers, nothing that it may have taken is sent again by either", async () => {
    const aPlan = fc.array(fc.constantFrom(BUSY, BUSY, UNPAID, ...MAY_BE_OUT), { minLength: 6, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(aPlan, async (plan) => {
        const answerOf = (id: string | null) => plan[Number(id?.slice(2))] ?? "drop";
        const { world, ids, work, sentByFirst, requestsOfSecond, sentBySecond } = await open(answerOf);
        for (let n = 0; n < 6; n++) {
          await work();
          world.advance(20_000);
        }
        const second = sentBySecond();
        expect(requestsOfSecond()).toBe(second.size);
        for (const id of ids) {
          const asked = sentByFirst().filter((one) => one === id).length;
          if (asked === 0 || !MAY_BE_OUT.includes(answerOf(id))) continue;
          expect([id, asked, second.has(id)]).toEqual([id, 1, false]);
        }
      }),
      { numRuns: 30 },
    );
  });

  test("a refusal is one for both", async () => {
    const { world, work, sentBySecond } = await open(() => ({
      body: { Code: "isv.MOBILE_NUMBER_ILLEGAL", Message: `${PHONE} ${SECRET.accessKeySecret}` },
    }));
    await work();
    await work();
    expect(sentBySecond()).toEqual(new Set());
    expect(await world.stored("t-1")).toMatchObject({ state: "failed", reason: "address_invalid" });
    const addressHash = hashAddress("sms", PHONE, LINK_KEY);
    expect(await world.ports.suppressions.isSuppressed("sms", addressHash, "transactional")).toBe(true);
  });
});

test("settings that are wrong are logged by their names alone", async () => {
  const logged: unknown[] = [];
  const channelOf = makeChannels({
    secretOf: () => async () => JSON.stringify({ private_key: "planted-key", appSecret: 7 }),
    inbox: { put: async () => undefined },
    allowedHosts: new Set(),
    work: openSendWorld().ports.work,
    sleep: async () => undefined,
    now: () => NOON,
    log: (message, shape) => logged.push([message, shape]),
  });
  const message = { channel: "push", title: "Hi", body: "Ann" } as const;
  const settings: [string, string, object][] = [
    ["push", "fcm", {}],
    ["push", "jpush", {}],
    ["wechat", "official-account", { appId: "wx1" }],
    ["sms", "aliyun", { signName: "x" }],
    ["sms", "aws", { origination: "planted-option" }],
  ];
  for (const [channel, adapter, options] of settings) {
    const definition = ChannelDefinition.parse({
      kind: "channel",
      name: adapter,
      channel,
      adapter,
      options,
      secret: "strata/s",
    });
    const made =
      channel === "push"
        ? message
        : channel === "sms"
          ? ({ channel: "sms", text: "Hi", templateCode: "S" } as const)
          : ({ channel: "wechat", templateId: "T", data: {} } as const);
    const address = channel === "sms" ? PHONE : "planted-address-0";
    const outgoing = { address, profileId: "p" as never, category: "marketing", journey: "j", message: made } as const;
    const result = await channelOf(definition).send(outgoing, { touchId: "t", timeoutMs: 500 });
    expect(result).toEqual({ kind: "retry", afterMs: 60_000, code: "channel_settings" });
  }
  expect(logged).toHaveLength(settings.length);
  expect(JSON.stringify(logged)).not.toMatch(/planted|13512345678/);
});
