import { createCipheriv, createHash } from "node:crypto";

/** An account whose events are encrypted. */
export interface EncryptedAccount {
  readonly token: string;
  readonly encodingAesKey: string;
  readonly appId: string;
}

/** WeChat's side of safe mode, written from its description alone. `random` stands for its 16 bytes. */
export function encryptForAccount(
  text: string,
  { encodingAesKey, appId }: Omit<EncryptedAccount, "token">,
  random = "0123456789abcdef",
): string {
  const key = Buffer.from(`${encodingAesKey}=`, "base64");
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(text));
  const plain = Buffer.concat([Buffer.from(random), length, Buffer.from(text), Buffer.from(appId)]);
  const missing = 32 - (plain.length % 32);
  const cipher = createCipheriv("aes-256-cbc", key, key.subarray(0, 16)).setAutoPadding(false);
  const padded = Buffer.concat([plain, Buffer.alloc(missing, missing)]);
  return Buffer.concat([cipher.update(padded), cipher.final()]).toString("base64");
}

/** The query and the body that WeChat posts for an encrypted event. */
export function postEncrypted(
  xml: string,
  account: EncryptedAccount,
  { at, nonce = "415670741" }: { readonly at: number; readonly nonce?: string },
): { readonly query: string; readonly body: string } {
  const ciphertext = encryptForAccount(xml, account);
  const timestamp = String(Math.floor(at / 1000));
  const sha1 = (words: string[]) => createHash("sha1").update(words.sort().join("")).digest("hex");
  const query = new URLSearchParams({
    signature: sha1([account.token, timestamp, nonce]),
    timestamp,
    nonce,
    openid: "oAnn",
    encrypt_type: "aes",
    msg_signature: sha1([account.token, timestamp, nonce, ciphertext]),
  });
  const body = `<xml>\n<ToUserName><![CDATA[gh_7f083739789a]]></ToUserName>\n<Encrypt><![CDATA[${ciphertext}]]></Encrypt>\n</xml>`;
  return { query: query.toString(), body };
}
