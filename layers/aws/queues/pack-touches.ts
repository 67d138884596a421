import type { WorkQueue } from "#domain/ports/work-queue.ts";
import type { ChannelMessage, QueuedMessage } from "#domain/sending/channel-message.ts";

/** At worst a sender waits 20 s for places in its provider's schedule, 10 s for the last of them, half a second for each
 *  template of its ten messages, one after another, and 10 s for an answer: 50 of its 60 seconds with two touches each. */
export const TOUCHES_A_MESSAGE = 2;

/** A queue that puts touches which are sent together into messages they share. What is to be kept back goes alone: each
 *  has its own time. */
export function packTouches(queue: WorkQueue<QueuedMessage>): WorkQueue<ChannelMessage> {
  return {
    send(messages, { delayMs } = {}) {
      if (delayMs !== undefined) {
        const delayOf = typeof delayMs === "function" ? delayMs : () => delayMs;
        const delays = new Map<QueuedMessage, number>(messages.map((message) => [message, delayOf(message)]));
        return queue.send(messages, { delayMs: (message) => delays.get(message) ?? 0 });
      }
      const ids = messages.flatMap((message) => ("touchId" in message ? [message.touchId] : []));
      const packs = Array.from({ length: Math.ceil(ids.length / TOUCHES_A_MESSAGE) }, (_, n) => ({
        touchIds: ids.slice(n * TOUCHES_A_MESSAGE, (n + 1) * TOUCHES_A_MESSAGE),
      }));
      return queue.send([...packs, ...messages.filter((message) => "test" in message)]);
    },
  };
}
