import { inspect } from "node:util";
import type { SQSEvent } from "aws-lambda";
import { describe, expect, onTestFinished, test } from "vitest";
import { makeTelemetry } from "#aws/telemetry.ts";
import type { Channel } from "#domain/ports/channel.ts";
import { saveTest } from "#domain/sending/test-record.ts";
import { makeSendHandler } from "#functions/send/make-send-handler.ts";
import { captureOutput } from "../../support/capture-output.ts";
import { findPlanted, textsIn } from "../../support/find-planted.ts";
import { findFreePort } from "../../support/free-port.ts";
import type { Reaction } from "../../support/loopback-api.ts";
import { NOON } from "../../support/people.ts";
import { AWS_KEYS, openProvider } from "../../support/providers/open-provider.ts";
import type { Provider } from "../../support/providers/provider.ts";
import { PROVIDERS } from "../../support/providers/providers.ts";
import { recordCalls } from "../../support/record-calls.ts";
import { ABOUT, ALIYUN, AWS_SMS, FCM, JPUSH, SES, WEBHOOK, WECHAT, WECHAT_TOKEN } from "./documented-answers.ts";
import { type SmtpScript, startSmtp } from "./smtp-server.ts";

type Surroundings = NonNullable<Parameters<typeof openProvider>[2]>;

/** What Ann's message says, and what derives from secrets on its way. */
const BODY = "planted-body-of-the-message";
const DERIVED = [
  "planted-google-token",
  "planted-wechat-token",
  "planted-path",
  "planted-query",
  Buffer.from("planted-app-key:planted-master-secret").toString("base64"),
  Buffer.from("\0planted-user\0planted-password").toString("base64"),
];

/** Every word that may appear nowhere outside of the request to the provider. */
function plantedIn({ secret, address, adapter }: Provider): string[] {
  const own = adapter === "standard-webhooks" || adapter === "inapp" || adapter === "log" ? [] : [address];
  return [...textsIn(secret), ...own, ...Object.values(AWS_KEYS), ...DERIVED, BODY].filter((word) => word !== "shop-1");
}

/** The same provider with a template that says the planted body. */
function withBody(provider: Provider): Provider {
  const template = JSON.parse(JSON.stringify(provider.template).replaceAll('"Hi"', JSON.stringify(BODY))) as object;
  return { ...provider, template };
}

/** Works touches and a test message by the real handler with the real telemetry, twice, and gives everything that can be
 *  seen of it: what the process wrote, what went into stores and the stream, and what the handler answered or threw. */
async function see(given: Provider, react: Parameters<typeof openProvider>[1], surroundings: Surroundings = {}) {
  const provider = withBody(given);
  const output = captureOutput();
  const telemetry = makeTelemetry("send");
  const log: Surroundings["log"] = (message, shape) => telemetry.log.info(message, shape);
  const thrown: unknown[] = [];
  const watch = (channel: Channel): Channel => ({
    ...channel,
    send: (message, of) =>
      channel.send(message, of).catch((error: unknown) => {
        thrown.push(error);
        throw error;
      }),
  });
  const opened = await openProvider(provider, react, { log, wrap: watch, ...surroundings });
  const { world, definition, ids } = opened;
  const calls: string[] = [];
  const { touches, suppressions, caps, timers, work, events } = opened.ports;
  const handle = makeSendHandler(
    {
      ...opened.ports,
      touches: recordCalls(touches, calls),
      suppressions: recordCalls(suppressions, calls),
      caps: recordCalls(caps, calls),
      timers: recordCalls(timers, calls),
      work: recordCalls(work, calls),
      events: recordCalls(events, calls),
      logFailure: (error, context) => telemetry.log.warn("step_failed", { ...context, error: error as Error }),
      channel: provider.channel,
      queue: { send: async () => undefined },
    },
    telemetry,
  );
  const asked = { template: "told", by: definition.name, requestedBy: "operator", requestedAt: NOON };
  const record = { ...asked, channel: provider.channel, state: "queued", at: NOON } as const;
  await saveTest(world.ports.work, "r-1", { record, revision: 1 });
  const test = { ...asked, requestId: "r-1", bundleVersion: 1, address: provider.address };
  const asks = [...ids.map((touchId) => ({ touchId })), { test }];
  const bodies = asks.map((body, n) => ({ messageId: `m-${n}`, body: JSON.stringify(body) }));
  const event = { Records: bodies } as unknown as SQSEvent;
  const answers: string[] = [];
  for (const waitMs of [0, 3_600_000]) {
    world.advance(waitMs);
    answers.push(inspect(await handle(event).catch((error: unknown) => error), { depth: null, showHidden: true }));
    telemetry.flush();
  }
  // A network that throws what this test made quotes it; nothing of the product's own may.
  const errors = surroundings.network ? [] : thrown.map((error) => inspect(error, { depth: null, showHidden: true }));
  return { ...opened, text: [output.text(), ...calls, ...answers, ...errors].join("\n"), planted: plantedIn(provider) };
}

/** A provider that quotes everything it knows about whom it refuses, in its words and in its headers. */
function quoting(provider: Provider, answer: Reaction): Reaction {
  if (typeof answer === "string") return answer;
  const words = plantedIn(provider).map((word) => word.replaceAll("\n", " "));
  const said = JSON.stringify(words.join(" ")).slice(1, -1);
  const { body, ...rest } = answer;
  const quoted = JSON.stringify(body).replaceAll(ABOUT, `${ABOUT} ${said}`);
  const header = { "X-Quoted": encodeURIComponent(words.join(" ")), [`X-${AWS_KEYS.AWS_ACCESS_KEY_ID}`]: "1" };
  return { ...rest, headers: { ...rest.headers, ...header }, body: JSON.parse(quoted) as unknown };
}

const answersOf = (documented: readonly (readonly [string, Reaction, string])[]) => documented.map(([, one]) => one);
const HTTP: readonly (readonly [Provider, readonly Reaction[]])[] = [
  [PROVIDERS.ses, answersOf(SES)],
  [PROVIDERS.aliyun, answersOf(ALIYUN)],
  [PROVIDERS.aws, answersOf(AWS_SMS)],
  [PROVIDERS.fcm, answersOf(FCM)],
  [PROVIDERS.jpush, answersOf(JPUSH)],
  [PROVIDERS["official-account"], answersOf(WECHAT)],
  [PROVIDERS["standard-webhooks"], answersOf(WEBHOOK)],
];

describe.each(HTTP.map(([provider, answers]) => [provider.adapter, provider, answers] as const))(
  "nothing planted is seen of %s",
  (_, provider, answers) => {
    async function expectNothing(react: Parameters<typeof openProvider>[1], surroundings?: Surroundings) {
      const { text, planted, api } = await see(provider, react, surroundings);
      expect(findPlanted(text, planted)).toEqual([]);
      // What was looked through does hold what became of the touch.
      expect(text).toContain("t-0");
      return api;
    }

    /** Gives each touch another of the answers. */
    async function expectNothingOf(reactions: readonly Reaction[]) {
      let given = 0;
      const next = () => quoting(provider, reactions[given++ % reactions.length] ?? "drop");
      await expectNothing(next, { touches: reactions.length });
      expect(given).toBeGreaterThanOrEqual(reactions.length);
    }

    test("where it takes a message: the request alone holds what is planted", async () => {
      const api = await expectNothing(() => quoting(provider, provider.taken));
      const sent = api.requests.map((one) => inspect(one, { depth: null, maxStringLength: null })).join("\n");
      expect(findPlanted(sent, plantedIn(provider)).length).toBeGreaterThan(1);
    });

    test("where it refuses, quoting it, in every way that it documents", async () => {
      await expectNothingOf(answers);
    });

    test("where its answers make no sense", async () => {
      await expectNothingOf([
        { body: ABOUT },
        { status: 502, headers: { "Content-Type": "text/html" }, body: `<html>${ABOUT}` },
        { body: { Code: [ABOUT], errcode: ABOUT, msg_id: null, name: { ABOUT }, MessageId: "" } },
        { status: 400, body: { error: ABOUT, Code: { ABOUT }, __type: ABOUT } },
        { status: 500, body: "" },
        "drop",
      ]);
    });

    test("where it does not answer", async () => {
      await expectNothing(() => "hang", { timeoutMs: 150 });
    });

    test("where nobody is there", async () => {
      await expectNothing(() => "drop", { url: `http://127.0.0.1:${await findFreePort()}` });
    });

    test.each(["resolve", "post"] as const)("where the network throws it: %s", async (step) => {
      const broken = Object.assign(new Error(plantedIn(provider).join(" ")), { url: plantedIn(provider) });
      const fail = async () => {
        throw broken;
      };
      const aws = { requestHandler: { handle: fail, destroy: () => undefined } };
      await expectNothing(() => "drop", { network: { aws, [step]: fail } as never });
    });

    test.each<[string, string | undefined]>([
      ["missing", undefined],
      ["cut short", '{"appKey":"planted-app-key","masterSecret":"planted-mas'],
      ["of another shape", JSON.stringify({ appKey: ["planted-app-key"], private_key: 7, appSecret: {} })],
      [
        "a key that is none",
        JSON.stringify({ project_id: "shop-1", client_email: "planted-push@shop", private_key: "planted-private-key" }),
      ],
    ])("where its secret is %s", async (_said, text) => {
      const { text: seen, planted } = await see(provider, () => provider.taken, { secret: async () => text });
      const own = ["planted-app-key", "planted-mas", "planted-push@shop", "planted-private-key"];
      expect(findPlanted(seen, [...planted, ...own])).toEqual([]);
    });

    test("where its secret cannot be read", async () => {
      const secret = async () => {
        throw new Error(plantedIn(provider).join(" "));
      };
      await expectNothing(() => provider.taken, { secret });
    });

    test("where an option is wrong", async () => {
      const wrong = {
        ...provider,
        options: () => ({ endpoint: "planted-endpoint", "planted-option": "planted-value" }),
      };
      const { text, planted } = await see(wrong, () => provider.taken);
      expect(findPlanted(text, [...planted, "planted-endpoint", "planted-value"])).toEqual([]);
    });
  },
);

test("nothing planted is seen where WeChat gives no token", async () => {
  const { aside: _aside, ...provider } = PROVIDERS["official-account"];
  for (const answer of answersOf(WECHAT_TOKEN)) {
    const { text, planted } = await see(provider, () => quoting(provider, answer));
    expect(findPlanted(text, planted)).toEqual([]);
  }
});

describe("nothing planted is seen of SMTP", () => {
  const ADDRESS = "planted-ann@planted.example";
  const quoted = `${ADDRESS} planted-user planted-password`;

  test.each<[string, SmtpScript]>([
    ["takes it", { message: `250 2.0.0 queued for ${quoted}` }],
    ["does not know the mailbox", { RCPT: `550 5.1.1 ${quoted}` }],
    ["refuses the sender", { MAIL: `550 5.7.1 ${quoted}` }],
    ["refuses the message", { message: `554 5.7.1 ${quoted}` }],
    ["greylists", { RCPT: `450 4.2.0 ${quoted}` }],
    ["does not believe us", { AUTH: `535 5.7.8 ${quoted}` }],
    ["asks for more of us", { AUTH: `334 ${Buffer.from(quoted).toString("base64")}` }],
    ["is busy", { greeting: `421 4.3.2 ${quoted}` }],
    ["talks nonsense", { greeting: quoted }],
    ["says nothing", { greeting: null }],
    ["falls silent", { message: null }],
    ["hangs up", { message: "close" }],
    ["is not there", { greeting: "close" }],
  ])("where the server %s", async (_, script) => {
    const { port, stop } = await startSmtp(script);
    onTestFinished(stop);
    const provider: Provider = {
      adapter: "smtp",
      channel: "email",
      identifier: "email",
      address: ADDRESS,
      template: { locales: { en: { subject: BODY, body: `<p>${BODY}</p>` } } },
      options: () => ({ host: "127.0.0.1", port, tls: "none", from: "shop@example.com" }),
      secret: { user: "planted-user", pass: "planted-password" },
      taken: { body: "" },
    };
    const { text, planted } = await see(provider, () => "drop", { timeoutMs: 300 });
    expect(findPlanted(text, planted)).toEqual([]);
    expect(text).toContain("t-0");
  });
});

test.each<[string, object]>([
  ["inapp", { locales: { en: { title: BODY, body: BODY } } }],
  ["log", { locales: { en: { body: BODY } } }],
])("nothing planted is seen of the channel %s", async (adapter, template) => {
  const provider: Provider = {
    adapter,
    channel: adapter,
    address: "p_ann",
    template,
    options: () => ({}),
    taken: "drop",
  };
  const { text, planted } = await see(provider, () => "drop");
  expect(findPlanted(text, planted)).toEqual([]);
  expect(text).toContain("t-0");
});

describe("what is planted is found where an adapter", () => {
  const provider = PROVIDERS.jpush;
  const leak = (send: Channel["send"]) =>
    see(provider, () => provider.taken, { wrap: (channel) => ({ ...channel, send }) });

  test.each<[string, Channel["send"]]>([
    ["makes it a code", async ({ address }) => ({ kind: "failed", code: `refused ${address}` })],
    [
      "makes it a code, spelled otherwise",
      async ({ address }) => ({
        kind: "retry",
        afterMs: 0,
        code: Buffer.from(address).toString("hex"),
      }),
    ],
    ["makes it the provider's id", async ({ address }) => ({ kind: "sent", providerId: address })],
    [
      "writes it",
      async ({ address }) => {
        console.warn("sent to", address);
        return { kind: "sent", providerId: "1" };
      },
    ],
    [
      "names an error after it",
      async ({ address }) => {
        throw Object.assign(new Error("no"), { name: address });
      },
    ],
  ])("%s", async (_, send) => {
    const { text, planted } = await leak(send);
    expect(findPlanted(text, planted)).toContain(provider.address);
  });
});
