import { createHash } from "node:crypto";
import { answerJson, type HttpAnswer } from "#aws/http-answer.ts";
import type { HttpRequest } from "#aws/http-request.ts";
import { findLiving } from "#domain/identity/find-living.ts";
import { normaliseIdentifier } from "#domain/identity/normalise-identifier.ts";
import { isProven, sourceSecret } from "#domain/outcomes/identity-proof.ts";
import type { InappMessage } from "#domain/ports/inapp-store.ts";
import type { IdentifierKey } from "#domain/profile/state.ts";
import { writeInstant } from "#events/admin-api/answer.ts";
import { findBasicKey, findOuterKey } from "#functions/collect/find-write-key.ts";
import { OutcomeError } from "../outcome-error.ts";
import type { OutcomePorts } from "../ports.ts";

/** More than this at once is no popup. */
const MAX_MESSAGES = 20;

/** Answers `GET /v1/inapp?anonymousId=` or `?userId=&identityProof=` with the messages that wait for this person, the
 *  newest first. Reading changes nothing: a client says `In-App Dismissed { touchId }` when one was seen. Nobody known
 *  has no messages. Throws OutcomeError. */
export async function answerInapp(ports: OutcomePorts, request: HttpRequest): Promise<HttpAnswer> {
  const { sourcesByKeyHash, project } = await ports.definitions.get();
  const writeKey = findBasicKey(request) ?? findOuterKey(request);
  if (writeKey === undefined) throw new OutcomeError(401, "write_key_missing", "No write key.");
  const keyHash = createHash("sha256").update(writeKey).digest("hex");
  const source = sourcesByKeyHash.get(keyHash);
  if (!source) throw new OutcomeError(401, "write_key_unknown", "The write key is unknown or was revoked.");
  const retryAfterSeconds = ports.rateLimit(`inapp ${source.name}`, 1, ports.now());
  if (retryAfterSeconds > 0) throw new OutcomeError(429, "rate_limited", "Too many requests.", { retryAfterSeconds });
  const [type, value] = await readIdentity(ports, request.query, keyHash);
  const normalised = normaliseIdentifier(type, value, project.region);
  const key = normalised.kind === "value" ? (`${type}:${normalised.value}` as IdentifierKey) : undefined;
  ports.count("InappFetched", 1);
  const messages = key === undefined ? [] : await waitingFor(ports, key);
  return answerJson(200, { messages: messages.map(viewMessage) }, { "Cache-Control": "no-store" });
}

/** A device is known by an id that nobody guesses; a user's id anybody may guess, so it takes a proof. */
async function readIdentity(
  ports: OutcomePorts,
  query: URLSearchParams,
  keyHash: string,
): Promise<["userId" | "anonymousId", string]> {
  const userId = query.get("userId");
  if (userId !== null && userId !== "") {
    const proof = query.get("identityProof") ?? "";
    const secret = sourceSecret(await ports.linkKey(), keyHash);
    if (isProven(secret, userId, proof)) return ["userId", userId];
    throw new OutcomeError(403, "identity_unproven", "identityProof is not HMAC-SHA256(source secret, userId).");
  }
  const anonymousId = query.get("anonymousId");
  if (anonymousId !== null && anonymousId !== "") return ["anonymousId", anonymousId];
  throw new OutcomeError(400, "identity_missing", "anonymousId, or userId with identityProof.");
}

async function waitingFor(ports: OutcomePorts, key: IdentifierKey): Promise<InappMessage[]> {
  const id = (await ports.identities.find([key])).get(key);
  const person = id && (await findLiving(ports.profiles, id));
  if (!person) return [];
  // Messages lie where the person was when they were sent.
  const inboxes = [person.id, ...person.state.absorbed];
  const lists = await Promise.all(inboxes.map((each) => ports.inapp.list(each, MAX_MESSAGES)));
  return lists
    .flat()
    .toSorted((a, b) => b.at - a.at || (a.touchId < b.touchId ? -1 : 1))
    .slice(0, MAX_MESSAGES);
}

function viewMessage({ touchId, title, body, url, at }: InappMessage) {
  return { touchId, title, body, ...(url !== undefined && { url }), sentAt: writeInstant(at) };
}
