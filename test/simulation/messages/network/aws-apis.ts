import { type ApiWorld, breakDown, type ProviderApi, type Reply, say } from "./provider-api.ts";

interface Mail {
  readonly Destination: { readonly ToAddresses: readonly string[] };
}

/** SendEmail of SES v2. */
export function makeSesApi(world: ApiWorld): ProviderApi {
  const refuse = (status: number, type: string) => say(status, { message: "no" }, { "x-amzn-errortype": type });
  return {
    addresseeOf: ({ body }) => (JSON.parse(body) as Mail).Destination.ToAddresses.join(),
    answer(_, verdict, take) {
      if (verdict === "refused") return refuse(400, "MessageRejected");
      if (verdict === "throttled") return refuse(429, "TooManyRequestsException");
      if (verdict === "broken") return breakDown(world, take, {});
      return say(200, { MessageId: awsIdOf(take()) });
    },
  };
}

/** SendTextMessage of AWS End User Messaging. */
export function makeAwsSmsApi(world: ApiWorld): ProviderApi {
  const refuse = (type: string, rest: object = {}): Reply => say(400, { __type: type, Message: "no", ...rest });
  return {
    addresseeOf: ({ body }) => (JSON.parse(body) as { readonly DestinationPhoneNumber: string }).DestinationPhoneNumber,
    answer(_, verdict, take) {
      if (verdict === "refused") return refuse("ValidationException");
      if (verdict === "opted out") return refuse("ConflictException", { Reason: "DESTINATION_PHONE_NUMBER_OPTED_OUT" });
      if (verdict === "throttled") return refuse("ThrottlingException");
      if (verdict === "broken") return breakDown(world, take, { __type: "InternalServerException" });
      return say(200, { MessageId: awsIdOf(take()) });
    },
  };
}

export function awsIdOf(n: number): string {
  return `0100-${String(n).padStart(8, "0")}`;
}
