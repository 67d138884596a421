/**
 * Stands in for `@smithy/core/event-streams` in the bundles. Only SelectObjectContent (S3) and SubscribeToShard (Kinesis)
 * answer with an event stream and nobody calls them; every client of the two services sets the decoder up all the same.
 */

class EventStreamsNotBundledError extends Error {
  override readonly name = "EventStreamsNotBundledError";
  readonly code = "event_streams_not_bundled";
  readonly retriable = false;
}

/** Where a client keeps its decoder. */
export function resolveEventStreamSerdeConfig<Input extends object>(input: Input): Input {
  return input;
}

/** Called when an operation with an event stream is; throws. */
export function eventStreamSerdeProvider(): never {
  throw new EventStreamsNotBundledError();
}

/** As `eventStreamSerdeProvider`, for the protocol that loads its decoder late; throws. */
export class EventStreamSerde {
  constructor() {
    throw new EventStreamsNotBundledError();
  }
}
