import { createCipheriv, createDecipheriv, createHash, randomBytes, randomUUID } from "node:crypto";
import * as z from "zod";
import { isRetriable } from "#domain/ports/store-error.ts";
import type { WorkItem, WorkStore } from "#domain/ports/work-store.ts";
import { type AccessToken, isFresh, TokenRefusedError } from "./keep-token.ts";

/** Who fetches has this long; others wait for it, or take over. */
const LEASE_MS = 10_000;
const POLL_MS = 250;
const SLICE = "token";

const Stored = z.object({
  /** The token, sealed with a key that follows from the account's secret: nobody who reads the table has it. */
  sealed: z.string().optional(),
  endsAt: z.number().default(0),
  lease: z.object({ owner: z.string(), until: z.number() }).optional(),
});
type Stored = z.infer<typeof Stored>;

export interface SharedTokenPorts {
  readonly work: Pick<WorkStore, "find" | "save">;
  readonly now: () => number;
  readonly sleep: (delayMs: number) => Promise<unknown>;
}

/** One use of a shared token: whose it is, and how to get another. */
export interface TokenUse {
  readonly channel: string;
  /** The account's own secret. */
  readonly secret: string;
  /** A token that the provider no longer takes: it must be another. */
  readonly refused?: string | undefined;
  readonly leftMs: () => number;
  readonly fetch: () => Promise<AccessToken>;
}

/** A token of access that all workers of an account share, for a new one ends the one before: it lies in the Work table
 *  until shortly before its end, and only whoever has the lease fetches. Throws TokenRefusedError where there is none in
 *  time, or the store does not answer. */
export async function useSharedToken(ports: SharedTokenPorts, use: TokenUse): Promise<AccessToken> {
  try {
    return await takeToken(ports, use);
  } catch (error) {
    // Nothing was sent yet: any other error would leave the message unknown.
    if (isRetriable(error)) throw new TokenRefusedError("token_unavailable");
    throw error;
  }
}

async function takeToken(ports: SharedTokenPorts, use: TokenUse): Promise<AccessToken> {
  const owner = randomUUID();
  const job = `channel#${use.channel}`;
  // Real time bounds the waiting, whatever clock the ports have.
  for (let waits = 0; waits * POLL_MS < use.leftMs(); waits++) {
    const item = await ports.work.find(job, SLICE);
    const stored = Stored.safeParse(item?.body).data ?? { endsAt: 0 };
    const token = readToken(stored, use, ports.now());
    if (token) return token;
    if (stored.lease && stored.lease.until > ports.now()) {
      await ports.sleep(POLL_MS);
      continue;
    }
    const lease = { owner, until: ports.now() + LEASE_MS };
    const taken: WorkItem = { job, slice: SLICE, revision: (item?.revision ?? 0) + 1, body: { ...stored, lease } };
    if ((await ports.work.save(taken)) === "saved") return fetchAndKeep(ports, use, taken);
  }
  throw new TokenRefusedError("token_unavailable");
}

/** Fetches under the lease, and writes down what came: a failure gives the lease back. */
async function fetchAndKeep({ work }: SharedTokenPorts, use: TokenUse, taken: WorkItem): Promise<AccessToken> {
  const write = (body: Stored) => work.save({ ...taken, revision: taken.revision + 1, body });
  let token: AccessToken;
  try {
    token = await use.fetch();
  } catch (error) {
    await write({ endsAt: 0 });
    throw error;
  }
  // Where the lease was taken over meanwhile, theirs stands; this one works as long as theirs lets it.
  await write({ sealed: seal(token.value, use.secret), endsAt: token.endsAt });
  return token;
}

function readToken({ sealed, endsAt }: Stored, { secret, refused }: TokenUse, now: number): AccessToken | undefined {
  const value = sealed === undefined ? undefined : unseal(sealed, secret);
  if (value === undefined || value === refused) return undefined;
  const token = { value, endsAt };
  return isFresh(token, now) ? token : undefined;
}

/** AES-256-GCM: nonce, tag and text, base64. */
function seal(value: string, secret: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", keyOf(secret), nonce);
  const text = Buffer.concat([cipher.update(value, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString("base64");
}

/** Undefined where it was sealed for another secret. */
function unseal(sealed: string, secret: string): string | undefined {
  const bytes = Buffer.from(sealed, "base64");
  try {
    const decipher = createDecipheriv("aes-256-gcm", keyOf(secret), bytes.subarray(0, 12));
    decipher.setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
  } catch {
    return undefined;
  }
}

function keyOf(secret: string): Buffer {
  return createHash("sha256").update(`strata shared token\n${secret}`).digest();
}
