import { createHash } from "node:crypto";
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { hasKeyId, type LinkKey } from "#domain/links/link-token.ts";
import { makeSecretReader } from "./secret.ts";

const MAX_AGE_MS = 3_600_000;
/** A link that names a key which is not known makes it read again, so that a new key is believed as soon as it signs. */
const AGE_OF_UNKNOWN_MS = 60_000;

/** The deployment's key for links and addresses, out of Secrets Manager: one key a line, the newest first. Throws where the
 *  secret is not there: nothing may be signed or believed without it. */
export function makeLinkKeyReader(of: {
  secrets: Pick<SecretsManagerClient, "send">;
  secretId: string;
  now: () => number;
}): (keyId?: string) => Promise<LinkKey> {
  const read = makeSecretReader({ ...of, maxAgeMs: MAX_AGE_MS });
  return async (keyId) => {
    const key = linkKeyOf(await read());
    return keyId === undefined || hasKeyId(key, keyId) ? key : linkKeyOf(await read(AGE_OF_UNKNOWN_MS));
  };
}

function linkKeyOf(secret = ""): LinkKey {
  const lines = secret.split(/[\r\n]+/).filter((line) => line !== "");
  const [newest, ...former] = lines.map(keyOf);
  if (!newest) throw new Error("the secret of the link key is empty");
  return former.length > 0 ? { ...newest, former } : newest;
}

/** The id is a hash, so that a token of another deployment names a key which this one does not have. */
function keyOf(secret: string): LinkKey {
  const id = createHash("sha256").update(`link key\n${secret}`).digest("hex").slice(0, 8);
  return { id, secret: Buffer.from(secret) };
}
