import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { packTouches, TOUCHES_A_MESSAGE } from "#aws/queues/pack-touches.ts";
import type { ChannelMessage, QueuedMessage } from "#domain/sending/channel-message.ts";

function open() {
  const sent: { readonly message: QueuedMessage; readonly delayMs: number | undefined }[] = [];
  const queue = packTouches({
    async send(messages, { delayMs } = {}) {
      for (const message of messages)
        sent.push({ message, delayMs: typeof delayMs === "function" ? delayMs(message) : delayMs });
    },
  });
  return { queue, sent };
}

const touches = (count: number): ChannelMessage[] => Array.from({ length: count }, (_, n) => ({ touchId: `t-${n}` }));
const aTest = (requestId: string): ChannelMessage => ({
  test: { requestId, template: "t", by: "b", bundleVersion: 1, address: "a", requestedBy: "r", requestedAt: 0 },
});

describe("touches that are sent together", () => {
  test("are in the queue once each, in as few messages as hold them", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(100), async (count) => {
        const { queue, sent } = open();
        await queue.send(touches(count));
        const ids = sent.flatMap(({ message }) => ("touchIds" in message ? message.touchIds : []));
        expect(ids).toEqual(Array.from({ length: count }, (_, n) => `t-${n}`));
        expect(sent).toHaveLength(Math.ceil(count / TOUCHES_A_MESSAGE));
      }),
    );
  });

  test("share no message with test messages", async () => {
    const { queue, sent } = open();
    const [first = aTest("r"), second = aTest("r")] = touches(2);
    await queue.send([first, aTest("r-1"), second]);
    expect(sent.map(({ message }) => message)).toEqual([{ touchIds: ["t-0", "t-1"] }, aTest("r-1")]);
  });

  test("have a message each where they are to be kept back, and each its time", async () => {
    const { queue, sent } = open();
    const [first, second] = touches(2);
    await queue.send(touches(2), { delayMs: (message) => ("touchId" in message && message.touchId === "t-0" ? 1 : 2) });
    await queue.send(touches(1), { delayMs: 3 });
    expect(sent).toEqual([
      { message: first, delayMs: 1 },
      { message: second, delayMs: 2 },
      { message: first, delayMs: 3 },
    ]);
  });
});
