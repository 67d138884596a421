/** An error as the SQS API answers it: HTTP 400 and a type that the SDK turns into an exception of that name. */
export class SqsError extends Error {
  override readonly name = "SqsError";
  /** Its name in the JSON protocol. */
  readonly code: string;
  /** Its name in the older query protocol, which the JSON protocol's header still says. */
  readonly queryCode: string;

  constructor(code: string, message: string, queryCode = `AWS.SimpleQueueService.${code}`) {
    super(message);
    this.code = code;
    this.queryCode = queryCode;
  }
}

export const invalidParameter = (message: string): SqsError =>
  new SqsError("InvalidParameterValue", message, "InvalidParameterValue");

export const invalidReceipt = (): SqsError =>
  new SqsError("ReceiptHandleIsInvalid", "The receipt handle is not valid.", "ReceiptHandleIsInvalid");
