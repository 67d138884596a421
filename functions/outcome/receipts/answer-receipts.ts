import { answerJson, type HttpAnswer } from "#aws/http-answer.ts";
import type { HttpRequest } from "#aws/http-request.ts";
import { ReceiptRefusedError } from "#domain/outcomes/receipt.ts";
import { OutcomeError } from "../outcome-error.ts";
import type { OutcomePorts } from "../ports.ts";
import { aliyunSms } from "./aliyun-sms.ts";
import { awsSms } from "./aws-sms.ts";
import { sesOverSns } from "./ses-over-sns.ts";
import { takeReceipts } from "./take-receipts.ts";
import { takeReplies } from "./take-replies.ts";
import type { Verifier } from "./verifiers.ts";
import { wechatEvents } from "./wechat.ts";

/** SNS posts 256 KB at most. */
const MAX_BODY_BYTES = 300 * 1024;

/** Who tells of which channel, `channel/provider`. A provider joins by a line here. */
const VERIFIERS: ReadonlyMap<string, Verifier> = new Map([
  ["email/ses", sesOverSns],
  ["sms/aws", awsSms],
  ["sms/aliyun", aliyunSms],
  ["wechat/official-account", wechatEvents],
]);
/** Where numbers without a country's code are read, if a provider is of one country. */
const REGIONS: Readonly<Record<string, string>> = { "sms/aliyun": "CN" };

/** Answers `/v1/outcomes/{channel}/{provider}`: 200 once what was told is durable, 403 where it is not proven to come from
 *  the provider. Throws OutcomeError. */
export async function answerReceipts(
  ports: OutcomePorts,
  request: HttpRequest,
  { channel, provider }: { channel: string; provider: string },
): Promise<HttpAnswer> {
  const verify = VERIFIERS.get(`${channel}/${provider}`);
  if (!verify) throw new OutcomeError(404, "not_found", "Nobody tells of outcomes here.");
  if (request.body.length > MAX_BODY_BYTES)
    throw new OutcomeError(413, "payload_too_large", "A receipt is at most 300 KB.");
  try {
    const { receipts = [], replies = [], answer } = await verify(ports, request);
    const region = REGIONS[`${channel}/${provider}`];
    await takeReplies(ports, replies, region === undefined ? {} : { region });
    await takeReceipts(ports, channel, receipts);
    return answer ?? answerJson(200, { success: true });
  } catch (error) {
    if (!(error instanceof ReceiptRefusedError)) throw error;
    ports.count("ReceiptsForged", 1);
    ports.logFailure(`receipt_refused ${channel}/${provider} ${error.code}`, undefined);
    // Why is told to our log alone.
    throw new OutcomeError(403, "receipt_refused", "This is not proven to come from the provider.");
  }
}
