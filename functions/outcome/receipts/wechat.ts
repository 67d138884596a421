import { createHash } from "node:crypto";
import type { HttpAnswer } from "#aws/http-answer.ts";
import { readWechatEvent } from "#domain/outcomes/read-wechat-event.ts";
import { ReceiptRefusedError } from "#domain/outcomes/receipt.ts";
import { isSameText, readReceiptTokens } from "./receipt-tokens.ts";
import type { Verifier } from "./verifiers.ts";

/** The signature is not of the body: an old one may not carry another. WeChat asks again within a minute. */
const MAX_AGE_MS = 15 * 60_000;

/** What WeChat posts to the server of an official account, in plain text mode: signed by SHA-1 over the account's token,
 *  the time and a nonce. https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/Access_Overview.html */
export const wechatEvents: Verifier = async (ports, { method, query, body }) => {
  const [signature = "", timestamp = "", nonce = "", echo = ""] = ["signature", "timestamp", "nonce", "echostr"].map(
    (name) => query.get(name) ?? "",
  );
  const tokens = await readReceiptTokens(ports, "official-account");
  const isSigned = tokens.some((token) => isSameText(signature, sign([token, timestamp, nonce])));
  if (!isSigned) throw new ReceiptRefusedError("wechat_signature");
  if (!(Math.abs(ports.now() - Number(timestamp) * 1_000) <= MAX_AGE_MS)) throw new ReceiptRefusedError("wechat_stale");
  if (method === "GET") return { answer: answerText(/^[\w-]{1,128}$/.test(echo) ? echo : "") };
  const receipt = readWechatEvent(Buffer.from(body).toString("utf8"));
  return { receipts: receipt ? [receipt] : [], answer: answerText("success") };
};

function sign(words: readonly string[]): string {
  return createHash("sha1").update(words.toSorted().join("")).digest("hex");
}

function answerText(body: string): HttpAnswer {
  return { statusCode: 200, headers: { "Content-Type": "text/plain; charset=utf-8" }, body, isBase64Encoded: false };
}
