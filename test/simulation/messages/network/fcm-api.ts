import { type ApiWorld, breakDown, type ProviderApi, say } from "./provider-api.ts";

const TOKEN_HOST = "oauth2.googleapis.com";
const LIFE_S = 3600;

interface Send {
  readonly message: { readonly token: string };
}

/** FCM's HTTP v1, and Google's tokens: it may forget one before its time. */
export function makeFcmApi(world: ApiWorld): ProviderApi {
  const { now } = world;
  const ends = new Map<string, number>();
  const refuse = (status: number, code: string, errorCode?: string) =>
    say(status, { error: { status: code, message: "no", details: errorCode === undefined ? [] : [{ errorCode }] } });

  function grant() {
    const value = `token-${ends.size}`;
    ends.set(value, now() + LIFE_S * 1000);
    return say(200, { access_token: value, expires_in: LIFE_S });
  }

  return {
    addresseeOf: ({ url, body }) => (url.host === TOKEN_HOST ? undefined : (JSON.parse(body) as Send).message.token),
    answer({ url, headers }, verdict, take) {
      if (url.host === TOKEN_HOST) return verdict === "broken" ? say(503, "busy") : grant();
      const token = (headers.Authorization ?? "").replace("Bearer ", "");
      if (verdict === "token ended") ends.delete(token);
      if ((ends.get(token) ?? 0) < now()) return refuse(401, "UNAUTHENTICATED");
      if (verdict === "refused") return refuse(400, "INVALID_ARGUMENT");
      if (verdict === "address dead") return refuse(404, "NOT_FOUND", "UNREGISTERED");
      if (verdict === "throttled") return refuse(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED");
      if (verdict === "broken") return breakDown(world, take, { error: { status: "INTERNAL" } });
      return say(200, { name: `projects/shop/messages/${take()}` });
    },
  };
}
