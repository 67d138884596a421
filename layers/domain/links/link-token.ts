import { createHmac, timingSafeEqual } from "node:crypto";
import * as z from "zod";

/** Longer than any token of ours: the longest URL that is tracked (trackable-url.ts), and the rest. */
const MAX_TOKEN_CHARS = 4096;
const MAC_BYTES = 32;

/** What a link in a message stands for. The names are short because they travel in every link. */
const LinkPayload = z.discriminatedUnion("k", [
  /** A click on a link: whoever follows it goes to `u`, and nowhere else. */
  z.strictObject({ k: z.literal("click"), t: z.string(), c: z.string(), u: z.url({ protocol: /^https?$/ }) }),
  /** The pixel that tells that a message was opened. */
  z.strictObject({ k: z.literal("open"), t: z.string(), c: z.string() }),
  /** The preferences of an address: `a` is its keyed hash, `p` the person at the time of sending. */
  z.strictObject({
    k: z.literal("preferences"),
    t: z.string(),
    c: z.string(),
    g: z.string(),
    a: z.string(),
    p: z.string(),
  }),
]);
export type LinkPayload = z.infer<typeof LinkPayload>;

interface OneKey {
  /** A few letters and digits, written into each token. */
  readonly id: string;
  readonly secret: Uint8Array;
}

/** A deployment's key. It signs; those that signed before it are believed for as long as they are kept. What has to stay the
 *  same for ever, as the hash of an address, is made of the first that there was. */
export interface LinkKey extends OneKey {
  /** Newest first. */
  readonly former?: readonly OneKey[];
}

/** What lasts when the key that signs is replaced. */
export function lastingSecret({ secret, former }: LinkKey): Uint8Array {
  return former?.at(-1)?.secret ?? secret;
}

/** Writes a token: `<key id>.<payload>.<HMAC-SHA256 of both>`, base64url. Tokens have no end: somebody may unsubscribe
 *  years later. */
export function signLink(payload: LinkPayload, key: LinkKey): string {
  const body = `${key.id}.${Buffer.from(JSON.stringify(payload)).toString("base64url")}`;
  return `${body}.${macOf(body, key).toString("base64url")}`;
}

/** The id of the key that signed a token, as far as one can tell by its look. */
export function keyIdOf(token: string): string {
  return token.slice(0, Math.max(0, token.indexOf(".")));
}

/** Whether a key, or one before it, has this id. */
export function hasKeyId({ id, former = [] }: LinkKey, wanted: string): boolean {
  return id === wanted || former.some((one) => one.id === wanted);
}

/** Reads a token that the key, or one before it, has signed; undefined for every other text. */
export function readLink(token: string, newest: LinkKey): LinkPayload | undefined {
  if (token.length > MAX_TOKEN_CHARS) return undefined;
  const [id = "", payload = "", mac = "", ...rest] = token.split(".");
  const key = [newest, ...(newest.former ?? [])].find((candidate) => candidate.id === id);
  if (!key || rest.length > 0) return undefined;
  const given = Buffer.from(mac, "base64url");
  // A token has one spelling: base64url with other trailing bits would decode alike.
  if (given.length !== MAC_BYTES || given.toString("base64url") !== mac) return undefined;
  if (!timingSafeEqual(given, macOf(`${id}.${payload}`, key))) return undefined;
  return LinkPayload.parse(JSON.parse(Buffer.from(payload, "base64url").toString("utf8")));
}

/** Stands for an address where the address itself must not: the same address, in the same deployment, always gives the
 *  same hash, and without the key nobody can try addresses against it. */
export function hashAddress(channel: string, address: string, key: LinkKey): string {
  return createHmac("sha256", lastingSecret(key))
    .update(`address\n${channel}\n${address}`)
    .digest("base64url")
    .slice(0, 32);
}

function macOf(body: string, { secret }: OneKey): Buffer {
  return createHmac("sha256", secret).update(`link\n${body}`).digest();
}
