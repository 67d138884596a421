import { generateKeyPairSync } from "node:crypto";
import {
  type GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";

/** The same as that of the fold (`functions.ts`). */
const LINK_KEY = "a simulated deployment's key";
/** By which providers that do not sign prove who they are. */
export const RECEIPT_TOKEN = "receipts0of0the0shop";
/** Whoever signs here is not to be safe from anybody. */
const KEYS = generateKeyPairSync("rsa", { modulusLength: 1024 });
export const SIGNING_KEY = KEYS.privateKey;
export const CERTIFICATE = KEYS.publicKey.export({ type: "spki", format: "pem" }).toString();

const PRIVATE_KEY = KEYS.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const SECRETS: Readonly<Record<string, unknown>> = {
  LinkKey: LINK_KEY,
  "strata/aliyun": { accessKeyId: "id", accessKeySecret: "secret", receiptToken: RECEIPT_TOKEN },
  "strata/jpush": { appKey: "key", masterSecret: "secret" },
  "strata/fcm": { project_id: "shop", client_email: "shop@example.com", private_key: PRIVATE_KEY },
  "strata/account": { appSecret: "secret", receiptToken: RECEIPT_TOKEN },
  "strata/hook": `whsec_${Buffer.alloc(24, 7).toString("base64")}`,
};

/** Secrets Manager, which always answers. */
export const secrets = {
  send: async ({ input: { SecretId = "" } }: GetSecretValueCommand) => {
    const value = SECRETS[SecretId];
    if (value === undefined) throw new ResourceNotFoundException({ message: SecretId, $metadata: {} });
    return { SecretString: typeof value === "string" ? value : JSON.stringify(value) };
  },
} as unknown as Pick<SecretsManagerClient, "send">;
