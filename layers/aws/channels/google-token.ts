import { createSign } from "node:crypto";
import * as z from "zod";
import { type AccessToken, TokenRefusedError } from "./keep-token.ts";
import { type ApiSurroundings, postApi, readAnswer } from "./post-api.ts";
import { ChannelSettingsError } from "./read-options.ts";

/** What is used of a service account's key, as Google's console gives it. */
export const ServiceAccount = z.object({
  project_id: z.string().regex(/^[a-z0-9:.-]{1,64}$/),
  client_email: z.string().min(1),
  private_key: z.string().min(1),
});
export type ServiceAccount = z.infer<typeof ServiceAccount>;

const Answer = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });

const SCOPE = "https://www.googleapis.com/auth/firebase.messaging";
const ASSERTED_FOR_S = 3600;

/** Asks Google for a token of access by a JWT that the service account's key signs (RS256).
 *  https://developers.google.com/identity/protocols/oauth2/service-account#httprest. Throws TokenRefusedError,
 *  ChannelSettingsError. */
export async function fetchGoogleToken(
  channel: string,
  account: ServiceAccount,
  { tokenEndpoint, timeoutMs }: { readonly tokenEndpoint: string; readonly timeoutMs: number },
  of: ApiSurroundings,
): Promise<AccessToken> {
  const now = of.now();
  const assertion = signAssertion(channel, account, { audience: tokenEndpoint, now });
  const grant = { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion };
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  const body = new URLSearchParams(grant).toString();
  const posted = await postApi(channel, new URL(tokenEndpoint), { headers, body, timeoutMs }, of);
  if (posted.kind === "lost") throw new TokenRefusedError("token_unavailable");
  const answer = Answer.safeParse(readAnswer(posted.body)).data;
  if (answer && posted.status === 200) {
    return { value: answer.access_token, endsAt: now + answer.expires_in * 1_000 };
  }
  const isRefused = posted.status >= 400 && posted.status < 500 && posted.status !== 429;
  throw new TokenRefusedError(isRefused ? "unauthorised" : "token_unavailable");
}

function signAssertion(
  channel: string,
  { client_email, private_key }: ServiceAccount,
  { audience, now }: { readonly audience: string; readonly now: number },
): string {
  const iat = Math.floor(now / 1_000);
  const claims = { iss: client_email, scope: SCOPE, aud: audience, iat, exp: iat + ASSERTED_FOR_S };
  const signed = [{ alg: "RS256", typ: "JWT" }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  try {
    return `${signed}.${createSign("RSA-SHA256").update(signed).sign(private_key, "base64url")}`;
  } catch {
    // Without its cause, which may quote the key.
    throw new ChannelSettingsError(`channel ${channel}: its secret`);
  }
}
