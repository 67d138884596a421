import type { InvocationOutcome } from "../handlers/function-host.ts";
import type { StreamRecord } from "../stream/shard-reader.ts";
import { findFirstFailure } from "./batch-response.ts";

/** What a mapping is told to do with failures. */
export interface FailurePolicy {
  readonly reportsItemFailures: boolean;
  readonly bisects: boolean;
  /** Deliveries after the first. Splitting a batch does not count. */
  readonly maximumRetries: number;
}

export interface DeliveryPorts {
  invoke(batch: readonly StreamRecord[]): Promise<InvocationOutcome>;
  /** These records are through, one way or the other. */
  finish(batch: readonly StreamRecord[]): void;
  /** Keeps what is given up on. */
  giveUp(
    batch: readonly StreamRecord[],
    attempts: number,
    requestId: string,
    failure: "error" | "items",
  ): Promise<void>;
  /** Waits before the next attempt; rejects where the mapping stops instead. */
  backOff(attempt: number): Promise<void>;
}

/**
 * Delivers a batch as Lambda's event source mapping does: resumes at the lowest failed record, splits a batch whose
 * invocation failed, tries again a bounded number of times, gives up on what is left. Records keep their order.
 * Rejects with whatever a port rejects with; what is unfinished then comes again after a restart.
 */
export async function deliverBatch(
  batch: readonly StreamRecord[],
  policy: FailurePolicy,
  ports: DeliveryPorts,
): Promise<void> {
  let pending = batch;
  let attempts = 0;
  while (pending.length > 0) {
    const outcome = await ports.invoke(pending);
    if (!outcome.ok && policy.bisects && pending.length > 1) {
      await ports.backOff(1);
      const middle = Math.ceil(pending.length / 2);
      await deliverBatch(pending.slice(0, middle), policy, ports);
      pending = pending.slice(middle);
      continue;
    }

    attempts += 1;
    if (outcome.ok) {
      const resumeAt = policy.reportsItemFailures ? findFirstFailure(outcome.payload, pending) : pending.length;
      ports.finish(pending.slice(0, resumeAt));
      pending = pending.slice(resumeAt);
      if (pending.length === 0) return;
      // What comes after progress is another batch, with retries of its own.
      if (resumeAt > 0) attempts = 1;
    }
    if (attempts > policy.maximumRetries) {
      await ports.giveUp(pending, attempts, outcome.requestId, outcome.ok ? "items" : "error");
      ports.finish(pending);
      return;
    }
    await ports.backOff(attempts);
  }
}
