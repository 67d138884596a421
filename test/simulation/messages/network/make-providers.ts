import type { Dice } from "../../dice.ts";
import type { Scheduler } from "../../scheduler.ts";
import { makeAliyunApi } from "./aliyun-api.ts";
import { makeAwsSmsApi, makeSesApi } from "./aws-apis.ts";
import type { Verdict } from "./fates.ts";
import { makeFcmApi } from "./fcm-api.ts";
import { makeJpushApi } from "./jpush-api.ts";
import type { Arrival, ProviderApi, Reply } from "./provider-api.ts";
import type { ProviderCall } from "./provider-call.ts";
import { makeWebhookApi } from "./webhook-api.ts";
import { makeWechatApi } from "./wechat-api.ts";

/** They take a touch once, however often it is sent. */
const TAKES_ONCE: ReadonlySet<string> = new Set(["second", "hook", "inapp", "log"]);

/** Every provider there is, and what each has taken. */
export function makeProviders(on: {
  scheduler: Scheduler;
  dice: Dice;
  /** @param id what the provider's own id is made of. */
  onTaken: (call: ProviderCall, id: number) => void;
  complain: (law: string, what: string) => void;
}) {
  const { scheduler, dice } = on;
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
  let numbers = 0;

  function take(call: ProviderCall): number {
    const key = `${call.provider} ${call.touchId}`;
    const isAgain = TAKES_ONCE.has(call.provider) && known.has(key);
    known.add(key);
    const id = ++numbers;
    if (!isAgain) on.onTaken(call, id);
    return id;
  }

  return {
    take,

    /** A request has come to the host that it names. */
    arrive(call: ProviderCall, request: Arrival, verdict: Verdict): Reply {
      const api = apis.get(request.url.host);
      if (!api) throw new TypeError(`nobody is at ${request.url.host}`);
      const addressee = api.addresseeOf(request);
      const wanted = call.adapter === "standard-webhooks" ? call.touchId : call.message.address;
      if (addressee !== undefined && addressee !== wanted)
        on.complain("addressee", `${call.touchId} is for ${wanted}, and ${call.provider} is given ${addressee}`);
      return api.answer(request, verdict, () => take(call));
    },
  };
}
