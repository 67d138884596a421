/** An error as the Kinesis API answers it: HTTP 400 and a type that the SDK turns into an exception of that name. */
export class KinesisError extends Error {
  override readonly name = "KinesisError";
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export const throttled = (stream: string) =>
  new KinesisError("ProvisionedThroughputExceededException", `Rate exceeded for stream ${stream}.`);
