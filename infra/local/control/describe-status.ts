import type { MessageQueue } from "../queue/message-queue.ts";

/** Who is fed from a stream or a queue, and how much of it is not through. */
export interface Consumer {
  readonly functionArn: string;
  readonly backlog: number;
  /** Batches or messages that failed and wait for their next attempt. */
  readonly failing: number;
}

/** What `GET /local/status` answers. */
export interface Status {
  /** Every stream record and every message that is due is consumed, nothing is in flight and the clock stands where it should. */
  readonly quiet: boolean;
  readonly now: string;
  readonly consumers: readonly { readonly function: string; readonly backlog: number; readonly failing: number }[];
  readonly queues: readonly QueueStatus[];
}

interface QueueStatus {
  readonly queue: string;
  /** Visible messages. */
  readonly backlog: number;
  readonly inFlight: number;
  readonly delayed: number;
  /** Calls since the start that the real service would have been paid for. */
  readonly calls: number;
  /** Queues whose dead letters come here. */
  readonly deadLettersOf?: readonly string[];
  /** The oldest of them, cut off after 500 characters. */
  readonly oldest?: readonly {
    readonly messageId: string;
    readonly sentAt: string;
    readonly receives: number;
    readonly body: string;
  }[];
}

const shownLetters = 10;
const shownCharacters = 500;

/** @param busy something is under way beside what the consumers have left: a scheduled invocation, a jump of the clock */
export function describeStatus(
  consumers: readonly Consumer[],
  queues: readonly MessageQueue[],
  busy: boolean,
  now: number,
): Status {
  return {
    quiet: !busy && consumers.every(({ backlog }) => backlog === 0),
    now: new Date(now).toISOString(),
    consumers: consumers.map(({ functionArn, backlog, failing }) => ({
      function: functionArn.slice(functionArn.lastIndexOf("-") + 1),
      backlog,
      failing,
    })),
    queues: queues.map((queue) => describeQueue(queue, queues)),
  };
}

function describeQueue(queue: MessageQueue, queues: readonly MessageQueue[]): QueueStatus {
  const { visible, inFlight, delayed } = queue.counts();
  const sources = queues.filter(({ plan }) => plan.redrive?.arn === queue.plan.arn).map(({ plan }) => plan.name);
  return {
    queue: queue.plan.name,
    backlog: visible,
    inFlight,
    delayed,
    calls: queue.calls,
    ...(sources.length > 0 && { deadLettersOf: sources, oldest: queue.peek(shownLetters).map(describeLetter) }),
  };
}

function describeLetter({ id, sentAt, receives, body }: ReturnType<MessageQueue["peek"]>[number]) {
  return { messageId: id, sentAt: new Date(sentAt).toISOString(), receives, body: body.slice(0, shownCharacters) };
}
