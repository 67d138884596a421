import type { SQSEvent } from "aws-lambda";
import { describe, expect, test } from "vitest";
import { makeWorkQueue } from "#aws/queues/work-queue.ts";
import type { ChannelMessage } from "#domain/sending/channel-message.ts";
import { saveTest } from "#domain/sending/test-record.ts";
import { makeSendHandler } from "#functions/send/make-send-handler.ts";
import { NOON } from "../../support/people.ts";
import { MAIL, openSendWorld } from "../../support/send-world.ts";

const ADDRESS = "ann@example.com";

/** The real handler over ports in memory; the queue is an SQS that counts its calls. */
async function aHandler(...written: unknown[]) {
  const world = openSendWorld(MAIL, ...written);
  await world.person("ann");
  const calls: { Id: string; DelaySeconds?: number; MessageBody: string }[][] = [];
  const counts: string[] = [];
  const lines: string[] = [];
  const sqs = {
    send: async ({ input }: { input: { Entries: (typeof calls)[number] } }) => {
      calls.push(input.Entries);
      return { Successful: input.Entries.map(({ Id }) => ({ Id })) };
    },
  };
  const queue = makeWorkQueue<ChannelMessage>({ sqs: sqs as never, url: "queue" });
  const note = (message: unknown, extra?: unknown) => void lines.push(JSON.stringify([message, extra, String(extra)]));
  const handle = makeSendHandler(
    { ...world.ports, logFailure: (error, context) => note(String(error), context), channel: "email", queue },
    {
      log: { info: note as never, warn: note as never },
      countBy: (metric, of, n) => void (n > 0 && counts.push([metric, ...Object.values(of), n].join(" "))),
    },
  );
  return { world, handle, calls, counts, lines };
}

function anEvent(...bodies: string[]): SQSEvent {
  const records = bodies.map((body, n) => ({ messageId: `m-${n}`, body }));
  return { Records: records } as unknown as SQSEvent;
}

const messages = (count: number) => Array.from({ length: count }, (_, n) => JSON.stringify({ touchId: `t-${n}` }));

describe("a batch of a channel's queue", () => {
  test("is sent, with no call of SQS beside those that receive and delete it", async () => {
    const { world, handle, calls, counts } = await aHandler();
    for (let n = 0; n < 10; n++) await world.touch(`t-${n}`, { to: "ann" });
    expect(await handle(anEvent(...messages(10)))).toEqual({ batchItemFailures: [] });
    expect(calls).toHaveLength(0);
    expect(counts).toEqual(["TouchesSent email none 10"]);
    expect(world.provider("first").calls).toHaveLength(10);
  });

  test("is put back in one call where it cannot be sent yet: 0.3 calls a message with those that receive and delete", async () => {
    const { world, handle, calls, counts } = await aHandler();
    world.provider("first").answer = (id) => ({ kind: "retry", afterMs: id === "t-0" ? 60_000 : 0, code: "busy" });
    for (let n = 0; n < 10; n++) await world.touch(`t-${n}`, { to: "ann" });
    await handle(anEvent(...messages(10)));
    expect(calls).toHaveLength(1);
    expect(calls[0]?.map(({ DelaySeconds }) => DelaySeconds)).toEqual([60, ...Array<number>(9).fill(15)]);
    expect((1 + 1 + calls.length) / 10).toBeLessThanOrEqual(0.3);
    expect(counts).toEqual(["TouchesPutBack email busy 10", "BreakerOpen email first 1", "BreakerOpen 1"]);
  });

  test("may hold test messages, which no figure and no alarm of touches counts", async () => {
    const { world, handle, counts, lines } = await aHandler();
    await world.touch("t-0", { to: "ann" });
    const asked = { template: "hello", by: "first", requestedBy: "ann", requestedAt: NOON };
    const record = { ...asked, channel: "email", state: "queued", at: NOON } as const;
    await saveTest(world.ports.work, "r-1", { record, revision: 1 });
    world.provider("first").answer = (id) =>
      id === "t-0" ? { kind: "sent", providerId: "p" } : { kind: "failed", code: "smtp_550" };
    const test = { ...asked, requestId: "r-1", bundleVersion: 1, address: ADDRESS };
    const answer = await handle(anEvent(JSON.stringify({ test }), ...messages(1)));
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(counts).toEqual(["TouchesSent email none 1", "TestMessages email failed 1"]);
    expect(lines.join()).not.toContain(ADDRESS);
  });

  test("reports what cannot be read, and only that", async () => {
    const { world, handle } = await aHandler();
    await world.touch("t-0", { to: "ann" });
    expect(await handle(anEvent("{", '{"touchId":1}', ...messages(1)))).toEqual({
      batchItemFailures: [{ itemIdentifier: "m-0" }, { itemIdentifier: "m-1" }],
    });
    expect(await world.stored("t-0")).toMatchObject({ state: "sent" });
  });

  test("keeps addresses and secrets out of the log, the counts and the ledger, whatever a provider says", async () => {
    const { world, handle, lines, counts } = await aHandler();
    const answers = [
      () => {
        throw new Error(`550 ${ADDRESS} whsec_planted`);
      },
      () => ({ kind: "failed", code: "smtp_550_5.1.1", suppress: true }) as const,
    ];
    for (const [n, answer] of answers.entries()) {
      world.provider("first").answer = answer;
      await world.touch(`t-${n}`, { to: "ann" });
      await handle(anEvent(JSON.stringify({ touchId: `t-${n}` })));
    }
    const kept = JSON.stringify([
      lines,
      counts,
      world.ports.touches.all(),
      world.ports.work.items(),
      world.ports.timers.rows(),
    ]);
    expect(lines.length).toBeGreaterThan(0);
    expect(kept).not.toMatch(/ann@example|planted/);
  });

  test("may carry touches that share a message: each has its own end", async () => {
    const { world, handle, calls } = await aHandler();
    world.provider("first").answer = (id) =>
      id === "t-1" ? { kind: "retry", afterMs: 60_000, code: "busy" } : { kind: "sent", providerId: id };
    for (let n = 0; n < 2; n++) await world.touch(`t-${n}`, { to: "ann" });
    expect(await handle(anEvent(JSON.stringify({ touchIds: ["t-0", "t-1"] })))).toEqual({ batchItemFailures: [] });
    expect(await world.stored("t-0")).toMatchObject({ state: "sent" });
    expect(calls.flat()).toEqual([{ Id: "0", MessageBody: '{"touchId":"t-1"}', DelaySeconds: 60 }]);
  });

  test("puts a touch back alone that no store answered for where others share its message", async () => {
    const { world, handle, calls } = await aHandler();
    for (let n = 0; n < 2; n++) await world.touch(`t-${n}`, { to: "ann" });
    const { find } = world.ports.touches;
    world.ports.touches.find = async (id) => {
      if (id === "t-1") throw new Error("no answer");
      return find(id);
    };
    expect(await handle(anEvent(JSON.stringify({ touchIds: ["t-0", "t-1"] })))).toEqual({ batchItemFailures: [] });
    expect(calls.flat()).toEqual([{ Id: "0", MessageBody: '{"touchId":"t-1"}', DelaySeconds: 60 }]);
    expect(await handle(anEvent('{"touchId":"t-1"}'))).toEqual({ batchItemFailures: [{ itemIdentifier: "m-0" }] });
    expect(calls).toHaveLength(1);
  });
});
