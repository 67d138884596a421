import { createHash } from "node:crypto";
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { LinkKey } from "#domain/links/link-token.ts";
import { makeSecretReader } from "./secret.ts";

/** The secret never changes; reading it again now and then costs little and heals a wrong first read. */
const MAX_AGE_MS = 3_600_000;

/** The deployment's key for links and addresses, out of Secrets Manager. Throws where the secret is not there: nothing may
 *  be signed or believed without it. */
export function makeLinkKeyReader(of: {
  secrets: Pick<SecretsManagerClient, "send">;
  secretId: string;
  now: () => number;
}): () => Promise<LinkKey> {
  const read = makeSecretReader({ ...of, maxAgeMs: MAX_AGE_MS });
  return async () => {
    const secret = await read();
    if (!secret) throw new Error("the secret of the link key is empty");
    return linkKeyOf(secret);
  };
}

/** The id is a hash, so that a token of another deployment names a key which this one does not have. */
function linkKeyOf(secret: string): LinkKey {
  const id = createHash("sha256").update(`link key\n${secret}`).digest("hex").slice(0, 8);
  return { id, secret: Buffer.from(secret) };
}
