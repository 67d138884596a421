import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

/** Reads one secret from Secrets Manager and remembers it for `maxAgeMs`, so that a rotated one is taken up without a
 *  deployment; who asks for a younger one may. Concurrent first reads share one call; a failed one leaves what was
 *  remembered before. */
export function makeSecretReader(of: {
  secrets: Pick<SecretsManagerClient, "send">;
  secretId: string;
  maxAgeMs: number;
  now: () => number;
}): (youngerThanMs?: number) => Promise<string | undefined> {
  const { secrets, secretId, maxAgeMs, now } = of;
  let held: { readonly readAt: number; readonly value: Promise<string | undefined> } | undefined;

  async function read(): Promise<string | undefined> {
    return (await secrets.send(new GetSecretValueCommand({ SecretId: secretId }))).SecretString;
  }

  return (youngerThanMs = maxAgeMs) => {
    const before = held;
    // A clock that went back (a steered one does) makes it old too.
    const isFresh = before !== undefined && now() >= before.readAt && now() - before.readAt < youngerThanMs;
    if (isFresh) return before.value;
    const value = read();
    held = { readAt: now(), value };
    value.catch(() => {
      if (held?.value === value) held = before;
    });
    return value;
  };
}
