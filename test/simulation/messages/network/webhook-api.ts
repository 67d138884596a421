import { type ApiWorld, breakDown, type ProviderApi, say } from "./provider-api.ts";

/** A receiver of webhooks, which takes each id once. It knows people by nothing but the touch. */
export function makeWebhookApi(world: ApiWorld): ProviderApi {
  return {
    addresseeOf: ({ headers }) => headers["webhook-id"],
    answer(_, verdict, take) {
      if (verdict === "refused") return say(422, "no");
      if (verdict === "address dead") return say(410, "gone");
      if (verdict === "throttled") return say(world.dice.pick([429, 503]), "later", { "retry-after": "30" });
      if (verdict === "broken") return breakDown(world, take);
      take();
      return say(204, "");
    },
  };
}
