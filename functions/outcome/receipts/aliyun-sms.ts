import { answerJson } from "#aws/http-answer.ts";
import { readAliyunSms } from "#domain/outcomes/read-aliyun-sms.ts";
import { ReceiptRefusedError } from "#domain/outcomes/receipt.ts";
import { isSameText, ReceiptSecret, readReceiptSecrets } from "./receipt-secrets.ts";
import type { Verifier } from "./verifiers.ts";

/** Alibaba Cloud posts receipts and replies without any signature, so the URL that it is given carries `?token=`. */
export const aliyunSms: Verifier = async (ports, { query, body }) => {
  const given = query.get("token") ?? "";
  const channels = await readReceiptSecrets(ports, "aliyun", ReceiptSecret);
  const isOurs = channels.some(({ secret }) => isSameText(given, secret.receiptToken));
  if (!isOurs) throw new ReceiptRefusedError("token_wrong");
  try {
    const told = readAliyunSms(JSON.parse(Buffer.from(body).toString("utf8")));
    return { ...told, answer: answerJson(200, { code: 0, msg: "接收成功" }) };
  } catch (cause) {
    throw new ReceiptRefusedError("aliyun_receipt_unreadable", { cause });
  }
};
