import { createDecipheriv, createHash } from "node:crypto";

/** Blocks of PKCS#7 are as long as the key here, not as AES's own. */
const BLOCK_BYTES = 32;
const RANDOM_BYTES = 16;
const LENGTH_BYTES = 4;

/** WeChat's signature: SHA-1 in hex over the words, sorted and put together. */
export function signWechat(words: readonly string[]): string {
  return createHash("sha1").update(words.toSorted().join("")).digest("hex");
}

/** The ciphertext of an encrypted body (安全模式, 兼容模式); undefined where there is none. Pure. */
export function readWechatCiphertext(xml: string): string | undefined {
  return /<Encrypt>(?:<!\[CDATA\[)?([A-Za-z0-9+/]+={0,2})(?:\]\]>)?<\/Encrypt>/.exec(xml)?.[1];
}

/** Opens a ciphertext: AES-256-CBC over 16 random bytes, the text's length, the text and the AppID of whom it is for.
 *  `encodingAesKey` is the account's, 43 letters and digits. Undefined where it is another's, or damaged.
 *  https://developers.weixin.qq.com/doc/service/guide/dev/push/encryption.html. Pure. */
export function openWechatCiphertext(
  ciphertext: string,
  of: { readonly encodingAesKey: string; readonly appId: string },
): string | undefined {
  const plain = unpad(decrypt(ciphertext, of.encodingAesKey));
  const start = RANDOM_BYTES + LENGTH_BYTES;
  if (plain.length < start) return undefined;
  const end = start + plain.readUInt32BE(RANDOM_BYTES);
  if (end > plain.length) return undefined;
  return plain.toString("utf8", end) === of.appId ? plain.toString("utf8", start, end) : undefined;
}

/** Nothing where the key or the length is wrong. */
function decrypt(ciphertext: string, encodingAesKey: string): Buffer {
  const key = Buffer.from(`${encodingAesKey}=`, "base64");
  try {
    const decipher = createDecipheriv("aes-256-cbc", key, key.subarray(0, 16)).setAutoPadding(false);
    return Buffer.concat([decipher.update(ciphertext, "base64"), decipher.final()]);
  } catch {
    return Buffer.alloc(0);
  }
}

function unpad(padded: Buffer): Buffer {
  const bytes = padded.at(-1) ?? 0;
  const isPadded = bytes >= 1 && bytes <= BLOCK_BYTES && padded.subarray(-bytes).every((one) => one === bytes);
  return isPadded ? padded.subarray(0, -bytes) : Buffer.alloc(0);
}
