import * as z from "zod";
import type { HttpAnswer } from "#aws/http-answer.ts";
import type { HttpRequest } from "#aws/http-request.ts";
import { readWechatEvent } from "#domain/outcomes/read-wechat-event.ts";
import { ReceiptRefusedError } from "#domain/outcomes/receipt.ts";
import { openWechatCiphertext, readWechatCiphertext, signWechat } from "#domain/outcomes/wechat-envelope.ts";
import { isSameText, type ReceiptChannel, ReceiptSecret, readReceiptSecrets } from "./receipt-secrets.ts";
import type { Verifier } from "./verifiers.ts";

/** WeChat asks again within a minute. The plain signature is not of the body: an old one may not carry another. */
const MAX_AGE_MS = 15 * 60_000;

/** With an EncodingAESKey the account is in safe mode (安全模式), and nothing else is believed. */
const Secret = ReceiptSecret.extend({
  encodingAesKey: z
    .string()
    .regex(/^[A-Za-z0-9]{43}$/)
    .optional(),
});
type Account = ReceiptChannel<z.infer<typeof Secret>>;

/** What WeChat posts to the server of an official account, signed by SHA-1 over the account's token, the time, a nonce and,
 *  in safe mode, the ciphertext. https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/Access_Overview.html and
 *  https://developers.weixin.qq.com/doc/service/guide/dev/push/encryption.html */
export const wechatEvents: Verifier = async (ports, request) => {
  const { method, query } = request;
  const accounts = await readReceiptSecrets(ports, "official-account", Secret);
  const isEncrypted = method === "POST" && query.get("encrypt_type") === "aes";
  const xml = isEncrypted ? readEncrypted(accounts, request) : readPlain(accounts, request);
  const age = Math.abs(ports.now() - Number(query.get("timestamp") ?? "") * 1_000);
  if (!(age <= MAX_AGE_MS)) throw new ReceiptRefusedError("wechat_stale");
  if (method === "GET") return { answer: answerText(echoOf(query)) };
  const receipt = readWechatEvent(xml);
  return { receipts: receipt ? [receipt] : [], answer: answerText("success") };
};

/** Checks a signature that the ciphertext is part of, and opens it for the account that it is for. Throws
 *  ReceiptRefusedError. */
function readEncrypted(accounts: readonly Account[], { query, body }: HttpRequest): string {
  const ciphertext = readWechatCiphertext(Buffer.from(body).toString("utf8")) ?? "";
  const signers = findSigners(accounts, query, { signature: query.get("msg_signature") ?? "", of: [ciphertext] });
  const [opened] = signers.flatMap(({ definition, secret: { encodingAesKey } }) => {
    const appId = definition.options?.appId;
    if (encodingAesKey === undefined || typeof appId !== "string") return [];
    return openWechatCiphertext(ciphertext, { encodingAesKey, appId }) ?? [];
  });
  if (opened === undefined) throw new ReceiptRefusedError("wechat_ciphertext");
  return opened;
}

/** WeChat asks for its echo in plain text in every mode; an account with a key gets its events encrypted. */
function readPlain(accounts: readonly Account[], { method, query, body }: HttpRequest): string {
  const signers = findSigners(accounts, query, { signature: query.get("signature") ?? "", of: [] });
  const isPlain = method === "GET" || signers.some(({ secret }) => secret.encodingAesKey === undefined);
  if (!isPlain) throw new ReceiptRefusedError("wechat_not_encrypted");
  return Buffer.from(body).toString("utf8");
}

/** The accounts whose token made a signature: two may have the same. Throws ReceiptRefusedError where there is none. */
function findSigners(
  accounts: readonly Account[],
  query: URLSearchParams,
  { signature, of }: { readonly signature: string; readonly of: readonly string[] },
): Account[] {
  const words = [query.get("timestamp") ?? "", query.get("nonce") ?? "", ...of];
  const signers = accounts.filter(({ secret }) => isSameText(signature, signWechat([secret.receiptToken, ...words])));
  if (signers.length === 0) throw new ReceiptRefusedError("wechat_signature");
  return signers;
}

function echoOf(query: URLSearchParams): string {
  const echo = query.get("echostr") ?? "";
  return /^[\w-]{1,128}$/.test(echo) ? echo : "";
}

function answerText(body: string): HttpAnswer {
  return { statusCode: 200, headers: { "Content-Type": "text/plain; charset=utf-8" }, body, isBase64Encoded: false };
}
