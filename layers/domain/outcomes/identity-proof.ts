import { createHmac, timingSafeEqual } from "node:crypto";
import { type LinkKey, lastingSecret } from "#domain/links/link-token.ts";

/** The secret by which a source's own server vouches for its users. It follows from the deployment's key and the hash of
 *  the source's write key, so it is stored nowhere and changes with the write key. */
export function sourceSecret(key: LinkKey, writeKeyHash: string): string {
  return createHmac("sha256", lastingSecret(key)).update(`source\n${writeKeyHash}`).digest("base64url");
}

/** HMAC-SHA256 of a userId by the source's secret: hex. */
export function identityProof(secret: string, userId: string): string {
  return createHmac("sha256", secret).update(userId).digest("hex");
}

/** Whether a proof is the one of this user. Takes the same time for every wrong one. */
export function isProven(secret: string, userId: string, given: string): boolean {
  const wanted = Buffer.from(identityProof(secret, userId));
  const sent = Buffer.from(given.toLowerCase());
  return sent.length === wanted.length && timingSafeEqual(sent, wanted);
}
