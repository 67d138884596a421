/** A queue of messages, each delivered at least once, in no order. */
export interface WorkQueue<Message> {
  /** Returns once all are durable. `delayMs` (at most 15 minutes) keeps them back, each for as long as it says. Throws
   *  QueueUnavailableError. */
  send(
    messages: readonly Message[],
    options?: { readonly delayMs?: number | ((message: Message) => number) },
  ): Promise<void>;
}

/** A queue did not take what it was given, after retries; some of it may have been taken. */
export class QueueUnavailableError extends Error {
  override readonly name = "QueueUnavailableError";
  readonly code = "queue_unavailable";
  readonly retriable = true;
}
