import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Channel, OutgoingMessage, SendResult } from "#domain/ports/channel.ts";
import { addOptOutLine } from "#domain/sms/opt-out-line.ts";
import { segmentsTo } from "#domain/sms/segments-to.ts";
import type { ChannelDefinition } from "#events/definitions/channel.ts";
import { resultOfAliyunCode } from "./aliyun-answers.ts";
import { isPhoneNumber } from "./phone-number.ts";
import { type ApiSurroundings, lostResult, postApi, readAnswer } from "./post-api.ts";
import type { PostOutcome } from "./post-once.ts";
import { ChannelSettingsError, readOptions, readSecret } from "./read-options.ts";
import { type Acs3Key, canonicalQuery, sha256, signAcs3 } from "./sign-acs3.ts";

const Options = z.strictObject({
  /** The approved signature (短信签名), without its brackets. */
  signName: z.string().min(1).max(100),
  endpoint: z.url({ protocol: /^https?$/ }).default("https://dysmsapi.aliyuncs.com"),
});

const Credentials = z.object({ accessKeyId: z.string().min(1), accessKeySecret: z.string().min(1) });

const Answer = z.object({ Code: z.string(), Message: z.string().default(""), BizId: z.string().optional() });

/** SMS over Alibaba Cloud, SendSms of Dysmsapi 2017-05-25, which sends an approved template and its variables.
 *  https://help.aliyun.com/en/sms/developer-reference/api-dysmsapi-2017-05-25-sendsms: it takes no idempotency key, so a
 *  lost answer is `unknown`. `OutId` brings the touch's id back with its receipts. */
export function makeAliyunSmsChannel(definition: ChannelDefinition, of: ApiSurroundings): Channel {
  const { signName, endpoint } = readOptions(definition, Options);
  const { name } = definition;
  return {
    name,
    adapter: "aliyun",
    idempotent: false,
    async send(message, { touchId, timeoutMs }) {
      const parameters = parametersOf(message, { signName, touchId });
      if ("refused" in parameters) return parameters.refused;
      if (!of.secret) throw new ChannelSettingsError(`channel ${name}: its secret`);
      const key = await readSecret(name, of.secret, Credentials);
      const url = new URL(`?${canonicalQuery(parameters.given)}`, endpoint);
      const headers = headersOf(url, key, of.now());
      const posted = await postApi(name, url, { headers, body: "", timeoutMs }, of);
      return resultOf(posted, message);
    },
  };
}

function parametersOf(
  { address, message }: OutgoingMessage,
  { signName, touchId }: { signName: string; touchId: string },
): { readonly given: Record<string, string> } | { readonly refused: SendResult } {
  if (message.channel !== "sms") return { refused: { kind: "failed", code: "message_not_sms" } };
  if (message.templateCode === undefined) return { refused: { kind: "failed", code: "template_code_missing" } };
  if (!isPhoneNumber(address)) return { refused: { kind: "failed", code: "address_invalid" } };
  const given = {
    // Country code and number: 86 and eleven digits within China.
    PhoneNumbers: address.slice(1),
    SignName: signName,
    TemplateCode: message.templateCode,
    TemplateParam: JSON.stringify(message.data ?? {}),
    OutId: touchId,
  };
  return { given };
}

function headersOf(url: URL, key: Acs3Key, now: number): Record<string, string> {
  const headers = {
    host: url.host,
    "x-acs-action": "SendSms",
    "x-acs-version": "2017-05-25",
    "x-acs-date": new Date(now).toISOString().replace(/\.\d+/, ""),
    "x-acs-signature-nonce": randomUUID(),
    "x-acs-content-sha256": sha256(""),
  };
  const request = { method: "POST", path: url.pathname, query: url.search.slice(1), headers, body: "" };
  return { ...headers, Authorization: signAcs3(request, key) };
}

function resultOf(posted: PostOutcome, message: OutgoingMessage): SendResult {
  if (posted.kind === "lost") return lostResult(posted);
  const answer = Answer.safeParse(readAnswer(posted.body)).data;
  if (!answer) return { kind: "unknown", code: posted.status >= 500 ? "provider_error" : "answer_unreadable" };
  const { Code, Message: text, BizId } = answer;
  if (Code !== "OK") return resultOfAliyunCode(Code, { text, status: posted.status, to: message.address });
  return BizId
    ? { kind: "sent", providerId: BizId, segments: segmentsOf(message) }
    : { kind: "unknown", code: "answer_unreadable" };
}

/** What is charged: the approved template reads like the body of ours, and goes out with the signature before it. */
function segmentsOf({ message, address, category }: OutgoingMessage): number {
  return message.channel === "sms" ? segmentsTo(address, addOptOutLine(message.text, { to: address, category })) : 0;
}
