import type { WorkQueue } from "#domain/ports/work-queue.ts";

/** A queue that keeps what it was given; `take` empties it, in order. */
export function makeMemoryWorkQueue<Message>(): WorkQueue<Message> & {
  readonly sent: Message[];
  take(): Message[];
} {
  const sent: Message[] = [];
  return {
    sent,
    take: () => sent.splice(0),
    send: async (messages) => {
      sent.push(...structuredClone(messages));
    },
  };
}
