import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { InvocationOutcome } from "../../infra/local/handlers/function-host.ts";
import { type DeliveryPorts, deliverBatch, type FailurePolicy } from "../../infra/local/mappings/deliver-batch.ts";
import type { StreamRecord } from "../../infra/local/stream/shard-reader.ts";

const makeBatch = (size: number): StreamRecord[] =>
  Array.from({ length: size }, (_, index) => ({
    sequenceNumber: String(index),
    partitionKey: "key",
    arrivedAt: 0,
    data: new Uint8Array(),
  }));
const numbers = (batch: readonly StreamRecord[]): number[] => batch.map(({ sequenceNumber }) => Number(sequenceNumber));
const policy: FailurePolicy = { reportsItemFailures: true, bisects: true, maximumRetries: 2 };

const succeed: InvocationOutcome = { ok: true, payload: '{"batchItemFailures":[]}', requestId: "r" };
const crash: InvocationOutcome = { ok: false, error: { errorType: "E", errorMessage: "e" }, requestId: "r" };
const failAt = (...items: number[]): InvocationOutcome => ({
  ok: true,
  payload: JSON.stringify({ batchItemFailures: items.map((item) => ({ itemIdentifier: String(item) })) }),
  requestId: "r",
});

function makePorts(answer: (batch: readonly StreamRecord[], call: number) => InvocationOutcome) {
  const seen = {
    calls: [] as number[][],
    finished: [] as number[],
    givenUp: [] as number[][],
    attempts: [] as number[],
  };
  const ports: DeliveryPorts = {
    invoke: (batch) => Promise.resolve(answer(batch, seen.calls.push(numbers(batch)))),
    finish: (batch) => seen.finished.push(...numbers(batch)),
    giveUp: (batch, attempts) => {
      seen.givenUp.push(numbers(batch));
      seen.attempts.push(attempts);
      return Promise.resolve();
    },
    backOff: () => Promise.resolve(),
  };
  return { seen, ports };
}

describe("delivering a batch", () => {
  test("goes on at the lowest record that is reported as failed", async () => {
    const { seen, ports } = makePorts((_, call) => (call === 1 ? failAt(3, 1) : succeed));
    await deliverBatch(makeBatch(5), policy, ports);
    expect(seen.calls).toEqual([
      [0, 1, 2, 3, 4],
      [1, 2, 3, 4],
    ]);
    expect(seen.finished).toEqual([0, 1, 2, 3, 4]);
  });

  test("halves a batch whose invocation failed until the bad record is alone, and gives up on that one only", async () => {
    const { seen, ports } = makePorts((batch) => (numbers(batch).includes(5) ? crash : succeed));
    await deliverBatch(makeBatch(8), policy, ports);
    expect(seen.givenUp).toEqual([[5]]);
    expect(seen.finished).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    // One delivery and two retries of the record alone; splitting took none of them.
    expect(seen.calls.filter((call) => call.join() === "5")).toHaveLength(3);
  });

  test("takes an answer that it cannot read, or that names no record of the batch, for a failure of all", async () => {
    for (const payload of ['{"batchItemFailures":[{"itemIdentifier":"99"}]}', '{"batchItemFailures":"no"}']) {
      const { seen, ports } = makePorts((_, call) => (call === 1 ? { ok: true, payload, requestId: "r" } : succeed));
      await deliverBatch(makeBatch(2), policy, ports);
      expect(seen.calls).toEqual([
        [0, 1],
        [0, 1],
      ]);
    }
  });

  test("takes null and an empty object for success", async () => {
    for (const payload of ["null", "{}"]) {
      const { seen, ports } = makePorts(() => ({ ok: true, payload, requestId: "r" }));
      await deliverBatch(makeBatch(2), policy, ports);
      expect(seen.calls).toHaveLength(1);
    }
  });

  test("gives up after the retries and says how often it tried", async () => {
    const { seen, ports } = makePorts(() => crash);
    await deliverBatch(makeBatch(3), { ...policy, bisects: false }, ports);
    expect(seen.givenUp).toEqual([[0, 1, 2]]);
    expect(seen.attempts).toEqual([3]);
  });

  test("finishes every record exactly once and in order, however its invocations fail", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        fc.infiniteStream(fc.oneof(fc.constant("ok"), fc.constant("crash"), fc.nat({ max: 19 }))),
        fc.boolean(),
        fc.integer({ min: 0, max: 3 }),
        async (size, answers, bisects, maximumRetries) => {
          const { seen, ports } = makePorts((batch) => {
            const answer = answers.next().value ?? "ok";
            if (answer === "ok") return succeed;
            if (answer === "crash") return crash;
            return failAt(numbers(batch)[Number(answer) % batch.length] ?? 0);
          });
          await deliverBatch(makeBatch(size), { reportsItemFailures: true, bisects, maximumRetries }, ports);
          expect(seen.finished).toEqual(Array.from({ length: size }, (_, index) => index));
          // Nothing is given up on before its retries are used, and no record is delivered without bound.
          const bound = (maximumRetries + 1) * 20 + 6;
          for (let item = 0; item < size; item += 1) {
            expect(seen.calls.filter((call) => call.includes(item)).length).toBeLessThanOrEqual(bound);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
