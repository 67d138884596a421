import type { KinesisClient } from "@aws-sdk/client-kinesis";
import type { Context } from "aws-lambda";
import type { HttpAnswer } from "#aws/http-answer.ts";
import { makeEventStream } from "#aws/streams/event-stream.ts";
import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { makeCollectHandler } from "#functions/collect/make-collect-handler.ts";
import { WrongAnswerError } from "../benchmark.ts";
import { gatewayEvent } from "./shop-requests.ts";

export const EVENT_STREAM = "EventStream";

/** The real collect handler and stream adapter over a Kinesis in memory. Throws where a request is not wholly accepted. */
export function makeCollector(bundle: CompiledBundle, kinesis: KinesisClient, now: () => number) {
  const handler = makeCollectHandler(
    {
      definitions: { get: () => Promise.resolve(bundle) },
      stream: makeEventStream({ kinesis, stream: EVENT_STREAM }),
      failedEvents: { store: () => Promise.reject(new WrongAnswerError("a call was refused")) },
      geo: { find: () => ({ country: "GB", city: "London" }) },
      rateLimit: () => 0,
      count: () => {},
      newId: () => "made",
      now,
    },
    (error) => {
      throw error;
    },
  );
  return async (body: string): Promise<HttpAnswer> => {
    const answer = await handler(gatewayEvent(body), {} as Context);
    if (answer.statusCode !== 200) throw new WrongAnswerError(`answered ${answer.statusCode}: ${answer.body}`);
    return answer;
  };
}
