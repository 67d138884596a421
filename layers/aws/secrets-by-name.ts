import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { makeSecretReader } from "./secret.ts";

/** A rotated secret is taken up within this. */
const MAX_AGE_MS = 5 * 60_000;

/** Secrets by the names that definitions give them. */
export function makeSecretsByName(of: {
  secrets: Pick<SecretsManagerClient, "send">;
  now: () => number;
}): (name: string) => () => Promise<string | undefined> {
  const readers = new Map<string, () => Promise<string | undefined>>();
  return (name) => {
    const reader = readers.get(name) ?? makeSecretReader({ ...of, secretId: name, maxAgeMs: MAX_AGE_MS });
    readers.set(name, reader);
    return reader;
  };
}
