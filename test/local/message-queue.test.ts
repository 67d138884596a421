import { mkdtempSync, readdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DueHeap } from "../../infra/local/queue/due-heap.ts";
import { MessageLog, type StoredMessage } from "../../infra/local/queue/message-log.ts";
import type { MessageQueue } from "../../infra/local/queue/message-queue.ts";
import { MessageQueues } from "../../infra/local/queue/message-queues.ts";
import type { QueuePlan } from "../../infra/local/template/deployment.ts";

const arn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
const planOf = (name: string, more: Partial<QueuePlan> = {}): QueuePlan => ({
  name,
  queueName: name,
  arn: arn(name),
  visibilityTimeoutMs: 30_000,
  retentionMs: 345_600_000,
  delayMs: 0,
  ...more,
});
const plans = [
  planOf("Work", { redrive: { arn: arn("DeadLetters"), maxReceiveCount: 3 } }),
  planOf("DeadLetters", { retentionMs: 1_209_600_000 }),
];

function open(folder = mkdtempSync(path.join(tmpdir(), "strata-queue-"))) {
  const clock = { now: Date.UTC(2026, 10, 22) };
  const queues = new MessageQueues(folder, () => clock.now);
  queues.open(plans);
  return { folder, clock, queues, work: queues.byArn(arn("Work")), deadLetters: queues.byArn(arn("DeadLetters")) };
}

const bodies = (count: number, from = 0) => Array.from({ length: count }, (_, index) => ({ body: `m${from + index}` }));
const take = (queue: MessageQueue, limit = 10_000) => queue.receive(limit);
const bodiesOf = (messages: readonly { body: string }[]) => messages.map(({ body }) => body);

describe("a queue", () => {
  test("hides a message that was received until its visibility timeout is over on the steered clock", () => {
    const { clock, work } = open();
    work.send(bodies(1));
    expect(take(work)[0]).toMatchObject({ body: "m0", receives: 1 });
    expect(take(work)).toEqual([]);
    expect(work.counts()).toEqual({ visible: 0, inFlight: 1, delayed: 0 });
    clock.now += 29_999;
    expect(take(work)).toEqual([]);
    clock.now += 1;
    expect(take(work)[0]).toMatchObject({ body: "m0", receives: 2 });
  });

  test("keeps a message back for its delay, which a jump of the clock ends", () => {
    const { clock, work } = open();
    work.send([{ body: "later", delayMs: 900_000 }, { body: "now" }]);
    expect(bodiesOf(take(work))).toEqual(["now"]);
    expect(work.counts()).toEqual({ visible: 0, inFlight: 1, delayed: 1 });
    clock.now += 900_000;
    expect(bodiesOf(take(work))).toContain("later");
  });

  test("counts the calls that the real service would be paid for: a batch is one, an empty look none", () => {
    const { work } = open();
    expect(take(work)).toEqual([]);
    expect(work.calls).toBe(0);
    work.send(bodies(10));
    const received = take(work);
    work.remove(received.map(({ receipt }) => receipt));
    expect(work.calls).toBe(3);
  });

  test("deletes by the latest receipt only", () => {
    const { clock, work } = open();
    work.send(bodies(1));
    const [first] = take(work);
    clock.now += 30_000;
    const [second] = take(work);
    work.remove([first?.receipt ?? ""]);
    expect(work.counts().inFlight).toBe(1);
    work.remove([second?.receipt ?? "", second?.receipt ?? ""]);
    expect(work.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  test("moves a message that came back too often to the dead letters, once", () => {
    const { work, deadLetters } = open();
    work.send(bodies(1));
    for (let receive = 0; receive < 3; receive += 1) {
      const [message] = take(work);
      expect(work.changeVisibility(message?.receipt ?? "", 0)).toBe(true);
    }
    expect(take(work)).toEqual([]);
    expect(work.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
    expect(deadLetters.peek(10)).toMatchObject([{ body: "m0" }]);
  });

  test("drops what is older than it keeps messages", () => {
    const { clock, work } = open();
    work.send(bodies(2));
    clock.now += 345_600_000;
    expect(take(work)).toEqual([]);
    expect(work.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  test("loses nothing when its process dies: what was in flight is visible, what is gone stays gone", () => {
    const { folder, work, clock } = open();
    work.send([...bodies(20), { body: "later", delayMs: 60_000 }]);
    const messages = take(work, 10);
    work.remove(messages.slice(0, 5).map(({ receipt }) => receipt));
    // Nothing is closed, as with kill -9.
    const after = open(folder);
    after.clock.now = clock.now;
    expect(after.work.counts()).toEqual({ visible: 15, inFlight: 0, delayed: 1 });
    expect(new Set(bodiesOf(take(after.work)))).toEqual(new Set(bodiesOf(bodies(15, 5))));
    // A receipt of the process that died is nobody's.
    after.work.remove([messages[7]?.receipt ?? ""]);
    expect(after.work.counts().inFlight).toBe(15);
    after.clock.now += 60_000;
    expect(bodiesOf(take(after.work))).toContain("later");
  });

  test("counts failures over a restart, but not the receives that ended with the process", () => {
    const { folder, work } = open();
    work.send(bodies(1));
    work.changeVisibility(take(work)[0]?.receipt ?? "", 0);
    take(work);
    expect(take(open(folder).work)[0]).toMatchObject({ receives: 2 });
  });

  test("holds a hundred thousand messages", () => {
    const { folder, work, clock } = open();
    for (let from = 0; from < 100_000; from += 1_000) work.send(bodies(1_000, from));
    clock.now += 1;
    let seen = 0;
    for (let batch = take(work, 10); batch.length > 0; batch = take(work, 10)) {
      seen += batch.length;
      if (seen <= 90_000) work.remove(batch.map(({ receipt }) => receipt));
    }
    expect(seen).toBe(100_000);
    expect(open(folder).work.counts().visible).toBe(10_000);
  });
});

describe("a queue's log", () => {
  const messageOf = (id: number): StoredMessage => ({
    id: String(id),
    body: "x".repeat(200),
    sentAt: id,
    delayedUntil: 0,
    failures: id % 3,
  });
  const bytesIn = (folder: string) =>
    readdirSync(folder).reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0);

  test("says after any history what is left, however often it was written anew on the way", () => {
    const step = fc.oneof(
      fc.record({ send: fc.integer({ min: 1, max: 30 }) }),
      fc.record({ remove: fc.integer({ min: 0, max: 60 }) }),
      fc.constant("reopen" as const),
    );
    const law = fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const folder = mkdtempSync(path.join(tmpdir(), "strata-log-"));
      const openLog = () => new MessageLog(folder, { smallestWaste: 2_000, segmentBytes: 4_000 });
      let log = openLog();
      log.recover();
      const live = new Map<string, StoredMessage>();
      let next = 0;
      for (const does of steps) {
        if (does === "reopen") {
          log = openLog();
          expect(new Map(log.recover().map((message) => [message.id, message]))).toEqual(live);
        } else if ("send" in does) {
          const messages = Array.from({ length: does.send }, (_, index) => messageOf(next + index));
          next += does.send;
          log.send(messages);
          for (const message of messages) live.set(message.id, message);
        } else {
          const ids = [...live.keys()].slice(0, does.remove);
          log.remove(ids);
          for (const id of ids) live.delete(id);
          log.compact(live);
        }
      }
      log = openLog();
      expect(new Map(log.recover().map((message) => [message.id, message]))).toEqual(live);
    });
    fc.assert(law, { numRuns: 50 });
  });

  test("does not grow with what has passed", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "strata-log-"));
    const log = new MessageLog(folder, { smallestWaste: 50_000, segmentBytes: 20_000 });
    log.recover();
    for (let id = 0; id < 5_000; id += 1) {
      log.send([messageOf(id)]);
      log.remove([String(id)]);
      log.compact(new Map());
    }
    expect(bytesIn(folder)).toBeLessThan(200_000);
  });
});

test("a heap gives back what was put in, earliest first", () => {
  const law = fc.property(fc.array(fc.integer()), (instants) => {
    const heap = new DueHeap<number>();
    for (const at of instants) heap.push(at, at);
    expect(instants.map(() => heap.pop()?.at)).toEqual([...instants].sort((a, b) => a - b));
    expect(heap.pop()).toBeUndefined();
  });
  fc.assert(law);
});
