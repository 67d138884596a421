import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { StoreUnavailableError } from "#domain/ports/store-error.ts";

const THROTTLED = new Set(["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"]);

/** Runs one DynamoDB call; a throttle or an outage becomes StoreUnavailableError, anything else is thrown as it is. */
export async function callStore<T>(store: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    if (THROTTLED.has(cause.name)) throw new StoreUnavailableError("store_throttled", store, { cause });
    const status = (cause as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
    const unanswered = status === undefined && cause.name !== "ValidationException";
    if (unanswered || (status !== undefined && status >= 500)) {
      throw new StoreUnavailableError("store_unavailable", store, { cause });
    }
    throw cause;
  }
}

/** Runs one conditional write: `done` if it was made, `refused` if its condition did not hold. */
export async function callConditional(store: string, call: () => Promise<unknown>): Promise<"done" | "refused"> {
  return callStore(store, async () => {
    try {
      await call();
      return "done" as const;
    } catch (cause) {
      if (cause instanceof ConditionalCheckFailedException) return "refused";
      throw cause;
    }
  });
}
