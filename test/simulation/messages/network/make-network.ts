import { AsyncLocalStorage } from "node:async_hooks";
import { type ChannelNetwork, type ChannelSurroundings, makeChannels } from "#aws/channels/make-channels.ts";
import type { PostOnce, PostOutcome } from "#aws/channels/post-once.ts";
import type { Channel, OutgoingMessage, SendResult } from "#domain/ports/channel.ts";
import type { ChannelDefinition } from "#events/definitions/channel.ts";
import type { Dice } from "../../dice.ts";
import type { Sandbox } from "../../sandbox.ts";
import type { Scheduler } from "../../scheduler.ts";
import { makeAliyunApi } from "./aliyun-api.ts";
import { makeAwsSmsApi, makeSesApi } from "./aws-apis.ts";
import { loseAws, makeAwsHandler } from "./aws-handler.ts";
import { drawFate, type Verdict } from "./fates.ts";
import { makeFcmApi } from "./fcm-api.ts";
import { makeJpushApi } from "./jpush-api.ts";
import { answerMail } from "./neutral-mail.ts";
import type { Arrival, ProviderApi, Reply } from "./provider-api.ts";
import { travel } from "./travel.ts";
import { makeWebhookApi } from "./webhook-api.ts";
import { makeWechatApi } from "./wechat-api.ts";

/** One call of a provider, from the moment in which the worker decided to make it. */
export interface ProviderCall {
  readonly touchId: string;
  readonly message: OutgoingMessage;
  readonly sandbox: Sandbox;
  readonly provider: string;
  readonly adapter: string;
  readonly at: number;
  /** What the worker's clock showed. */
  readonly ownClock: number;
}

interface Course {
  readonly call: ProviderCall;
  /** The call has come to the network. */
  readonly reached: () => void;
  result?: Promise<unknown>;
}

export interface Network {
  /** Channels as a sandbox has them: the real adapters, with this network for theirs. */
  channelOf(
    sandbox: Sandbox,
    surroundings: Omit<ChannelSurroundings, "network">,
  ): (definition: ChannelDefinition) => Channel;
  /** A message lies in somebody's inbox. */
  onInbox(touchId: string): void;
  /** Nothing goes wrong any more. */
  calm(): void;
  /** Nothing is on its way any more that nobody waits for. */
  isDone(): boolean;
}

const TIMEOUT_MS = 10_000;
const LATEST_MS = 15 * 60_000;
/** Anywhere on the public internet. */
const ADDRESS = [{ address: "93.184.216.34", family: 4 }] as const;
/** Clients of AWS take more than one turn of the event loop: nothing else goes on meanwhile. */
const AWS: ReadonlySet<string> = new Set(["ses", "aws"]);
/** They take a touch once, however often it is sent. */
const TAKES_ONCE: ReadonlySet<string> = new Set(["second", "hook", "inapp", "log"]);

/** The internet with every provider on it. Each is dead for a while now and then: it takes calls, some of them with their
 *  message, and never answers. */
export function makeNetwork(on: {
  scheduler: Scheduler;
  dice: Dice;
  /** Stories in which providers are left alone have none. */
  strength: number;
  /** While one of these lasts, a provider is dead; counted from the beginning. */
  outages: readonly { readonly provider: string; readonly from: number; readonly to: number }[];
  onCall: (call: ProviderCall) => void;
  /** @param id what the provider's own id is made of. */
  onTaken: (call: ProviderCall, id: number) => void;
  /** Nothing of an answer came back, or nothing that says what became of the message. */
  onSilence: (call: ProviderCall) => void;
  /** The provider has said that it will not write there. */
  onRefusal: (call: ProviderCall, scope: "all" | "marketing") => void;
  /** The worker dies, or stands still. */
  onStrike: (sandbox: Sandbox) => void;
  complain: (law: string, what: string) => void;
  tell: (line: () => string) => void;
}): Network {
  const { scheduler, dice, outages, tell } = on;
  const courses = new AsyncLocalStorage<Course>();
  const world = { dice, now: scheduler.now };
  const fcm = makeFcmApi(world);
  const apis = new Map<string, ProviderApi>([
    ["dysmsapi.aliyuncs.com", makeAliyunApi(world)],
    ["fcm.googleapis.com", fcm],
    ["oauth2.googleapis.com", fcm],
    ["api.jpush.cn", makeJpushApi(world)],
    ["api.weixin.qq.com", makeWechatApi(world)],
    ["hooks.example.com", makeWebhookApi(world)],
    ["email.us-east-1.amazonaws.com", makeSesApi(world)],
    ["sms-voice.us-east-1.amazonaws.com", makeAwsSmsApi(world)],
  ]);
  const known = new Set<string>();
  const last = new Map<string, ProviderCall>();
  let numbers = 0;
  let isCalm = false;
  let latest = 0;

  function take(call: ProviderCall): number {
    const key = `${call.provider} ${call.touchId}`;
    const isAgain = TAKES_ONCE.has(call.provider) && known.has(key);
    known.add(key);
    const id = ++numbers;
    if (!isAgain) on.onTaken(call, id);
    return id;
  }

  /** One request of a call: there may be others, for a token. */
  function go<Answer>(
    call: ProviderCall,
    of: {
      what: string;
      timeoutMs: number;
      serve: (verdict: Verdict) => Answer;
      lose: (how: { connected: boolean; timedOut: boolean }) => Answer;
    },
  ): Promise<Answer> {
    const { sandbox, provider } = call;
    const drawn = drawFate(dice, isCalm ? 0 : on.strength);
    const isDead = (one: (typeof outages)[number]) =>
      one.provider === provider && scheduler.now() >= one.from && scheduler.now() < one.to;
    const fate = !isCalm && outages.some(isDead) ? { ...drawn, way: "dead" as const } : drawn;
    if (/^(dies|stands)/.test(fate.way)) on.onStrike(sandbox);
    if (fate.way === "arrives when nobody waits") latest = scheduler.now() + LATEST_MS;
    tell(() => `${sandbox.name} calls ${provider} ${of.what}: ${fate.way}, ${fate.verdict}`);
    if (fate.verdict === "broken") on.onSilence(call);
    const lose: typeof of.lose = (how) => {
      if (how.connected) on.onSilence(call);
      return of.lose(how);
    };
    return travel({ scheduler, dice }, { ...of, lose, sandbox, fate });
  }

  function arrive(call: ProviderCall, request: Arrival, verdict: Verdict): Reply {
    const api = apis.get(request.url.host);
    if (!api) throw new TypeError(`nobody is at ${request.url.host}`);
    const addressee = api.addresseeOf(request);
    const wanted = call.adapter === "standard-webhooks" ? call.touchId : call.message.address;
    if (addressee !== undefined && addressee !== wanted)
      on.complain("addressee", `${call.touchId} is for ${wanted}, and ${call.provider} is given ${addressee}`);
    return api.answer(request, verdict, () => take(call));
  }

  /** Requests of a sandbox, each for the call in whose course it is made. */
  function networkOf(sandbox: Sandbox): ChannelNetwork {
    const post: PostOnce = ({ url, headers, body, timeoutMs }) => {
      const { call } = courseNow();
      return go<PostOutcome>(call, {
        what: `at ${url.host}${url.pathname}`,
        timeoutMs,
        serve: (verdict) => {
          const { status, body: said, headers: told } = arrive(call, { url, headers, body }, verdict);
          const retryAfter = told?.["retry-after"];
          return { kind: "answered", status, body: said, ...(retryAfter !== undefined && { retryAfter }) };
        },
        lose: (how) => ({ kind: "lost", ...how }),
      });
    };
    const requestHandler = makeAwsHandler(async (request) => {
      const course = courseNow();
      course.reached();
      const serve = (verdict: Verdict) => arrive(course.call, request, verdict);
      const what = `at ${request.url.host}`;
      const said = await go<Reply | Error>(course.call, { what, timeoutMs: TIMEOUT_MS, serve, lose: loseAws });
      if (course.result) scheduler.hold(course.result);
      return said;
    });
    return {
      resolve: async () => ADDRESS,
      post,
      clock: sandbox.now,
      aws: {
        region: "us-east-1",
        credentials: { accessKeyId: "id", secretAccessKey: "secret" },
        requestHandler: requestHandler as never,
      },
    };
  }

  function courseNow(): Course {
    const course = courses.getStore();
    if (!course) throw new Error("a request of no call");
    return course;
  }

  function mail(call: ProviderCall, timeoutMs: number): Promise<SendResult> {
    return go<SendResult>(call, {
      what: `with ${call.touchId}`,
      timeoutMs,
      serve: (verdict) => answerMail(dice, verdict, () => take(call)),
      lose: ({ connected }) =>
        connected ? { kind: "unknown", code: "timed_out" } : { kind: "retry", afterMs: 0, code: "connection_lost" },
    });
  }

  return {
    channelOf(sandbox, surroundings) {
      const log: ChannelSurroundings["log"] = (message, shape) => {
        if (message === "touch_logged") take(courseNow().call);
        surroundings.log(message, shape);
      };
      const made = makeChannels({ ...surroundings, log, network: networkOf(sandbox) });
      return (definition) => {
        const { name, adapter } = definition;
        const real = made(definition);
        return {
          ...real,
          idempotent: adapter === "smtp" ? name === "second" : real.idempotent,
          async send(message, by) {
            const { touchId } = by;
            const at = scheduler.now();
            const call = { touchId, message, sandbox, provider: name, adapter, at, ownClock: sandbox.now() };
            on.onCall(call);
            last.set(touchId, call);
            const { promise: reached, resolve } = Promise.withResolvers<void>();
            const course: Course = { call, reached: resolve };
            const sending = courses.run(course, () =>
              adapter === "smtp" ? mail(call, by.timeoutMs) : real.send(message, by),
            );
            if (AWS.has(adapter)) {
              course.result = sending.catch(() => {});
              scheduler.hold(Promise.race([reached, course.result]));
            }
            const result = await sending;
            tell(() => `${sandbox.name} hears of ${touchId}: ${result.kind} ${"code" in result ? result.code : ""}`);
            if (result.kind === "failed" && result.suppress)
              on.onRefusal(call, result.suppress === "marketing" ? "marketing" : "all");
            return result;
          },
        };
      };
    },
    onInbox(touchId) {
      const call = last.get(touchId);
      if (call) take(call);
      else on.complain("inbox", `${touchId} is in an inbox, and nobody put it there`);
    },
    calm: () => {
      isCalm = true;
    },
    isDone: () => scheduler.now() >= latest,
  };
}
