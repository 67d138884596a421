import type { KinesisStreamBatchResponse, KinesisStreamEvent } from "aws-lambda";
import { makeFoldContext } from "./context.ts";
import { makeFoldHandler } from "./make-fold-handler.ts";

const { ports, telemetry } = makeFoldContext("fold");
const fold = makeFoldHandler(ports, ({ retryFrom, error }) =>
  telemetry.log.warn("batch_partly_failed", { retryFrom, error: error as Error }),
);

/** EventStream → profiles. */
export async function handler(event: KinesisStreamEvent): Promise<KinesisStreamBatchResponse> {
  try {
    return await fold(event);
  } finally {
    telemetry.flush();
  }
}
