import { type ApiWorld, breakDown, type ProviderApi, say } from "./provider-api.ts";

const LIFE_S = 7200;
const SEND = "/cgi-bin/message/template/send";

/** Template messages of an official account, and its stable token: asked for again it is the same one, unless it is forced
 *  or has ended. It may end before its time, also without its account knowing that yet. */
export function makeWechatApi(world: ApiWorld): ProviderApi {
  const { now, dice } = world;
  let made = 0;
  let current = { value: "", endsAt: 0 };
  const refused = new Set<string>();
  const refuse = (errcode: number) => say(200, { errcode, errmsg: "no" });

  function grant(isForced: boolean) {
    const isKnownToEnd = refused.has(current.value) && dice.chance(0.5);
    if (isForced || current.endsAt <= now() || isKnownToEnd)
      current = { value: `token-${++made}`, endsAt: now() + LIFE_S * 1000 };
    return say(200, { access_token: current.value, expires_in: Math.ceil((current.endsAt - now()) / 1000) });
  }

  return {
    addresseeOf: ({ url, body }) =>
      url.pathname === SEND ? (JSON.parse(body) as { readonly touser: string }).touser : undefined,
    answer({ url, body }, verdict, take) {
      if (url.pathname !== SEND) {
        if (verdict === "throttled") return refuse(45011);
        return grant((JSON.parse(body) as { readonly force_refresh: boolean }).force_refresh);
      }
      const token = url.searchParams.get("access_token") ?? "";
      if (verdict === "token ended") refused.add(token);
      if (token !== current.value || current.endsAt <= now() || refused.has(token))
        return refuse(dice.pick([40001, 40014, 42001]));
      if (verdict === "refused") return refuse(40037);
      if (verdict === "address dead") return refuse(40003);
      if (verdict === "opted out") return refuse(dice.pick([43004, 43101]));
      if (verdict === "throttled") return refuse(dice.pick([45011, 45009, -1]));
      if (verdict === "broken") return breakDown(world, take);
      return say(200, `{"errcode":0,"errmsg":"ok","msgid":${msgIdOf(take())}}`);
    },
  };
}

/** A 64-bit number. */
export function msgIdOf(n: number): string {
  return `23981473${String(n).padStart(10, "0")}`;
}
