import { generateKeyPairSync } from "node:crypto";
import type { Provider } from "./provider.ts";

const PHONE = "+8613512345678";
const DEVICE = `${"d".repeat(22)}:APA91b${"x".repeat(120)}`;
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** Every provider that speaks HTTP, by its adapter. Secrets and addresses are words that appear nowhere else. */
export const PROVIDERS = {
  ses: {
    adapter: "ses",
    channel: "email",
    identifier: "email",
    address: "planted-ann@planted.example",
    template: { locales: { en: { subject: "Hello", body: "<p>Hi</p>" } } },
    options: () => ({ from: "shop@example.com" }),
    taken: { body: { MessageId: "0100-ses" } },
  },
  aliyun: {
    adapter: "aliyun",
    channel: "sms",
    identifier: "phone",
    address: PHONE,
    template: { smsTemplateCode: "SMS_1", locales: { en: { body: "Hi", data: { name: "you" } } } },
    options: (url) => ({ signName: "x", endpoint: url }),
    secret: { accessKeyId: "planted-access-key-id", accessKeySecret: "planted-access-key-secret" },
    taken: { body: { Code: "OK", Message: "OK", BizId: "900619746936498440^0" } },
  },
  aws: {
    adapter: "aws",
    channel: "sms",
    identifier: "phone",
    address: PHONE,
    template: { locales: { en: { body: "Hi" } } },
    options: () => ({ originationIdentity: "pool-1" }),
    taken: { body: { MessageId: "m-1" } },
  },
  fcm: {
    adapter: "fcm",
    channel: "push",
    identifier: "registrationId",
    address: DEVICE,
    template: { locales: { en: { title: "Hi", body: "Ann" } } },
    options: (url) => ({ endpoint: url, tokenEndpoint: `${url}/token` }),
    secret: {
      project_id: "shop-1",
      client_email: "planted-push@shop-1.iam.gserviceaccount.com",
      private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
    },
    taken: { body: { name: "projects/shop-1/messages/0:1" } },
    aside: ({ path }) =>
      path === "/token" ? { body: { access_token: "planted-google-token", expires_in: 3599 } } : undefined,
  },
  jpush: {
    adapter: "jpush",
    channel: "push",
    identifier: "registrationId",
    address: "18171adc0321eb6e4f6",
    template: { locales: { en: { title: "Hi", body: "Ann" } } },
    options: (url) => ({ endpoint: url }),
    secret: { appKey: "planted-app-key", masterSecret: "planted-master-secret" },
    taken: { body: { sendno: "0", msg_id: "18100287008" } },
  },
  "official-account": {
    adapter: "official-account",
    channel: "wechat",
    identifier: "openid",
    address: "oPlantedAnn0123456789abcdef",
    template: { wechatTemplateId: "T-1", locales: { en: { data: { keyword1: "Hi" } } } },
    options: (url) => ({ appId: "wx123", endpoint: url }),
    secret: { appSecret: "planted-app-secret", receiptToken: "planted-receipt-token" },
    taken: { body: { errcode: 0, errmsg: "ok", msgid: 200228332 } },
    aside: ({ path }) =>
      path === "/cgi-bin/stable_token"
        ? { body: { access_token: "planted-wechat-token", expires_in: 7200 } }
        : undefined,
  },
  "standard-webhooks": {
    adapter: "standard-webhooks",
    channel: "webhook",
    address: "p_ann",
    template: { locales: { en: { body: '{"hello":"world"}' } } },
    options: (url) => ({ url: `${url}/planted-path?key=planted-query` }),
    secret: `whsec_${Buffer.from("planted-webhook-key-0123").toString("base64")}`,
    taken: { status: 204, body: "" },
  },
} as const satisfies Record<string, Provider>;
