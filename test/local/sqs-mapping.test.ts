import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import type { InvocationOutcome } from "../../infra/local/handlers/function-host.ts";
import { SqsMapping } from "../../infra/local/mappings/sqs-mapping.ts";
import { MessageQueues } from "../../infra/local/queue/message-queues.ts";
import type { QueueMappingPlan } from "../../infra/local/template/deployment.ts";

const arn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
const plan: QueueMappingPlan = {
  id: "Mapping",
  functionArn: "arn:aws:lambda:us-east-1:000000000000:function:App-Consumer",
  queueArn: arn("Work"),
  batchSize: 10,
  windowMs: 0,
  reportsItemFailures: true,
  maximumConcurrency: 2,
};

const SqsEvent = z.strictObject({
  Records: z.array(
    z.strictObject({
      messageId: z.uuid(),
      receiptHandle: z.string().min(1),
      body: z.string(),
      attributes: z.strictObject({
        ApproximateReceiveCount: z.string().regex(/^\d+$/),
        SentTimestamp: z.string().regex(/^\d{13}$/),
        SenderId: z.string(),
        ApproximateFirstReceiveTimestamp: z.string().regex(/^\d{13}$/),
      }),
      messageAttributes: z.strictObject({}),
      md5OfBody: z.string().regex(/^[0-9a-f]{32}$/),
      eventSource: z.literal("aws:sqs"),
      eventSourceARN: z.literal(plan.queueArn),
      awsRegion: z.string(),
    }),
  ),
});
type SqsRecord = z.infer<typeof SqsEvent>["Records"][number];

const answer = (payload: unknown): InvocationOutcome => ({
  ok: true,
  payload: JSON.stringify(payload),
  requestId: "r",
});
const error: InvocationOutcome = { ok: false, error: { errorType: "E", errorMessage: "e" }, requestId: "r" };
const failing = (records: readonly SqsRecord[]) =>
  answer({ batchItemFailures: records.map(({ messageId }) => ({ itemIdentifier: messageId })) });

function setUp(changed: Partial<QueueMappingPlan> = {}) {
  const queues = new MessageQueues(mkdtempSync(path.join(tmpdir(), "strata-sqs-mapping-")), Date.now);
  const common = { visibilityTimeoutMs: 60_000, retentionMs: 345_600_000, delayMs: 0 };
  queues.open([
    {
      ...common,
      name: "Work",
      queueName: "Work",
      arn: arn("Work"),
      redrive: { arn: arn("DeadLetters"), maxReceiveCount: 3 },
    },
    { ...common, name: "DeadLetters", queueName: "DeadLetters", arn: arn("DeadLetters") },
  ]);
  const queue = queues.byArn(arn("Work"));
  const seen: SqsRecord[][] = [];
  const start = (handle: (records: SqsRecord[]) => Promise<InvocationOutcome> | InvocationOutcome) => {
    const mapping = new SqsMapping({
      plan: { ...plan, ...changed },
      queue,
      workers: 4,
      backOffMs: () => 1,
      invoke: async (event) => {
        const { Records } = SqsEvent.parse(event);
        seen.push(Records);
        return await handle(Records);
      },
      report: (problem) => expect.fail(String(problem)),
    });
    mapping.start();
    return mapping;
  };
  const send = (...bodies: string[]) => queue.send(bodies.map((body) => ({ body })));
  return { queue, deadLetters: queues.byArn(arn("DeadLetters")), seen, start, send };
}

async function drain(mapping: SqsMapping): Promise<void> {
  while (mapping.backlog > 0) await delay(2);
  await mapping.stop();
}

describe("a queue's event source mapping", () => {
  test("deletes what succeeded and delivers again what failed, alone", async () => {
    const { seen, start, send } = setUp({ maximumConcurrency: 1 });
    send("a", "b", "c");
    const mapping = start((records) =>
      failing(records.filter(({ body, attributes }) => body === "b" && attributes.ApproximateReceiveCount === "1")),
    );
    await drain(mapping);
    expect(seen.map((records) => records.map(({ body }) => body))).toEqual([["a", "b", "c"], ["b"]]);
  });

  test.each<[string, InvocationOutcome]>([
    ["an error", error],
    ["a response that Lambda cannot read", answer({ batchItemFailures: [{ id: "a" }] })],
    ["an empty identifier", answer({ batchItemFailures: [{ itemIdentifier: "" }] })],
    ["an identifier that is not in the batch", answer({ batchItemFailures: [{ itemIdentifier: "nobody" }] })],
  ])("takes %s for a failure of the whole batch", async (_, outcome) => {
    const { seen, start, send } = setUp({ maximumConcurrency: 1 });
    send("a", "b");
    const mapping = start(() => (seen.length === 1 ? outcome : answer(null)));
    await drain(mapping);
    expect(seen.map((records) => records.length).slice(0, 1)).toEqual([2]);
    expect(
      seen
        .slice(1)
        .flatMap((records) => records.map(({ body }) => body))
        .sort(),
    ).toEqual(["a", "b"]);
  });

  test.each<[string, unknown]>([
    ["nothing", null],
    ["no failures", { batchItemFailures: [] }],
    ["null failures", { batchItemFailures: null }],
  ])("takes an answer of %s for a success", async (_, payload) => {
    const { seen, start, send } = setUp();
    send("a");
    await drain(start(() => answer(payload)));
    expect(seen).toHaveLength(1);
  });

  test("leaves a message that fails too often with the dead letters, and goes on", async () => {
    const { seen, start, send, deadLetters } = setUp({ batchSize: 1 });
    send("poison", "a", "b");
    const mapping = start((records) => (records[0]?.body === "poison" ? error : answer(null)));
    await drain(mapping);
    expect(seen.flat().filter(({ body }) => body === "poison")).toHaveLength(3);
    expect(deadLetters.peek(5).map(({ body }) => body)).toEqual(["poison"]);
  });

  test("runs no more invocations at once than the template allows", async () => {
    const { start, send } = setUp({ batchSize: 1 });
    send(...Array.from({ length: 20 }, (_, index) => String(index)));
    let running = 0;
    let most = 0;
    const mapping = start(async () => {
      running += 1;
      most = Math.max(most, running);
      await delay(3);
      running -= 1;
      return answer(null);
    });
    await drain(mapping);
    expect(most).toBe(2);
  });

  test("says nothing of messages whose environment was stopped with the runtime", async () => {
    const { queue, start, send } = setUp();
    send("a");
    const { promise, resolve } = Promise.withResolvers<InvocationOutcome>();
    const mapping = start(() => promise);
    while (queue.counts().inFlight === 0) await delay(2);
    const stopping = mapping.stop();
    resolve(error);
    await stopping;
    expect(queue.counts()).toEqual({ visible: 0, inFlight: 1, delayed: 0 });
    expect(mapping.failing).toBe(0);
  });
});
