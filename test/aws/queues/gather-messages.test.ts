import { describe, expect, test } from "vitest";
import { gatherMessages } from "#aws/queues/gather-messages.ts";

/** A queue that keeps each call, and moments that end when the test says so. */
function open({ fails = false } = {}) {
  const calls: { readonly messages: readonly number[]; readonly delayMs?: unknown }[] = [];
  const ends: (() => void)[] = [];
  const queue = gatherMessages<number>(
    {
      send: async (messages, options) => {
        calls.push({ messages, ...options });
        if (fails) throw new Error("no");
      },
    },
    { full: 10, pause: () => new Promise<void>((resolve) => ends.push(resolve)) },
  );
  const endMoments = () => {
    for (const end of ends.splice(0)) end();
  };
  return { queue, calls, endMoments };
}

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

describe("messages that are sent at about the same time", () => {
  test("go in one call when the moment is over, and each sender hears of it", async () => {
    const { queue, calls, endMoments } = open();
    const sent = numbers(3).map((n) => queue.send([n]));
    expect(calls).toEqual([]);
    endMoments();
    await Promise.all(sent);
    expect(calls).toEqual([{ messages: [0, 1, 2] }]);
  });

  test("go at once where they fill a call", async () => {
    const { queue, calls, endMoments } = open();
    await Promise.all(numbers(20).map((n) => queue.send([n])));
    expect(calls.map(({ messages }) => messages.length)).toEqual([10, 10]);
    const last = queue.send([20]);
    endMoments();
    await last;
    expect(calls.flatMap(({ messages }) => messages)).toEqual(numbers(21));
  });

  test("fail together where their call fails, and later ones are sent anew", async () => {
    const { queue, calls, endMoments } = open({ fails: true });
    const sent = [queue.send([0]), queue.send([1])];
    endMoments();
    expect((await Promise.allSettled(sent)).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    const again = queue.send([0]);
    endMoments();
    await expect(again).rejects.toThrow("no");
    expect(calls).toHaveLength(2);
  });

  test("are not gathered where they are to be kept back", async () => {
    const { queue, calls } = open();
    await queue.send([1], { delayMs: 5_000 });
    expect(calls).toEqual([{ messages: [1], delayMs: 5_000 }]);
  });
});
