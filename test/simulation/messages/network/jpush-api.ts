import { type ApiWorld, breakDown, type ProviderApi, say } from "./provider-api.ts";

interface Push {
  readonly audience: { readonly registration_id: readonly string[] };
}

/** `/v3/push` of JPush. */
export function makeJpushApi(world: ApiWorld): ProviderApi {
  return {
    addresseeOf: ({ body }) => (JSON.parse(body) as Push).audience.registration_id.join(),
    answer(_, verdict, take) {
      const refuse = (status: number, code: number) => say(status, { error: { code, message: "no" } });
      if (verdict === "refused") return refuse(400, 1003);
      if (verdict === "address dead") return refuse(400, 1011);
      if (verdict === "throttled") return refuse(429, 2002);
      if (verdict === "broken") return breakDown(world, take, { error: { code: 1000 } });
      return say(200, { sendno: "0", msg_id: String(take()) });
    },
  };
}
