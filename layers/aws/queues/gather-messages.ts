import type { WorkQueue } from "#domain/ports/work-queue.ts";

interface Waiting<Message> {
  readonly messages: readonly Message[];
  readonly settle: PromiseWithResolvers<void>;
}

/** A queue for many senders that each have a message at a time: what they send within a moment of each other goes in one
 *  call, `full` of them at once. Each sender hears when its own messages are durable; where a call fails, all who shared it
 *  hear so, and sending again does no harm. What is to be kept back is not gathered.
 *  @param pause returns when the moment is over. */
export function gatherMessages<Message>(
  queue: WorkQueue<Message>,
  { full, pause }: { readonly full: number; readonly pause: () => Promise<unknown> },
): WorkQueue<Message> {
  let waiting: Waiting<Message>[] = [];

  async function flush(): Promise<void> {
    const taken = waiting;
    waiting = [];
    if (taken.length === 0) return;
    try {
      await queue.send(taken.flatMap(({ messages }) => messages));
      for (const { settle } of taken) settle.resolve();
    } catch (error) {
      for (const { settle } of taken) settle.reject(error);
    }
  }

  return {
    send(messages, options) {
      if (options?.delayMs !== undefined) return queue.send(messages, options);
      const settle = Promise.withResolvers<void>();
      waiting.push({ messages, settle });
      const count = waiting.reduce((sum, own) => sum + own.messages.length, 0);
      if (count >= full) void flush();
      // A full call that left meanwhile took the first one with it: whoever came after it leaves a little early.
      else if (waiting.length === 1) void pause().then(flush);
      return settle.promise;
    },
  };
}
