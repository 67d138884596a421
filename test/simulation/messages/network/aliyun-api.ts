import { type ApiWorld, type ProviderApi, say } from "./provider-api.ts";

/** SendSms of Alibaba Cloud. */
export function makeAliyunApi({ dice }: ApiWorld): ProviderApi {
  return {
    addresseeOf: ({ url }) => `+${url.searchParams.get("PhoneNumbers")}`,
    answer(_, verdict, take) {
      const refuse = (Code: string, Message = "") => say(400, { Code, Message });
      if (verdict === "refused") return refuse("isv.SMS_TEMPLATE_ILLEGAL");
      if (verdict === "address dead") return refuse("isv.MOBILE_NUMBER_ILLEGAL");
      if (verdict === "throttled") {
        const about = dice.pick(["触发分钟级流控Permits:1", "触发小时级流控Permits:5", "触发天级流控Permits:10"]);
        return dice.chance(0.3) ? refuse("Throttling.User") : refuse("isv.BUSINESS_LIMIT_CONTROL", about);
      }
      if (verdict === "broken") {
        if (dice.chance(0.5)) take();
        return refuse("isp.SYSTEM_ERROR");
      }
      return say(200, { Code: "OK", Message: "OK", BizId: bizIdOf(take()) });
    },
  };
}

export function bizIdOf(n: number): string {
  return `900${n}^0`;
}
