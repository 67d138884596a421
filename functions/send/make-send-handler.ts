import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { Telemetry } from "#aws/telemetry.ts";
import type { WorkQueue } from "#domain/ports/work-queue.ts";
import type { ChannelMessage } from "#domain/sending/channel-message.ts";
import { sendBatch } from "#domain/sending/send-batch.ts";
import type { SendPorts, Turn } from "#domain/sending/send-ports.ts";
import { sendTest } from "#domain/sending/send-test.ts";
import { countTurns } from "./count-turns.ts";
import { readMessage } from "./read-message.ts";

/** A touch that no store answered for, where others share its message, comes back alone and after this. */
const ALONE_AFTER_MS = 60_000;

export interface SendHandlerPorts extends SendPorts {
  /** The channel whose queue this is. */
  readonly channel: string;
  /** That queue: what is to come later goes back to it, all of a batch in one call or two. */
  readonly queue: WorkQueue<ChannelMessage>;
}

type SendTelemetry = Pick<Telemetry, "countBy"> & { log: Pick<Telemetry["log"], "info" | "warn"> };
type Asked = ReadonlyMap<string, ChannelMessage>;
type Turns = ReadonlyMap<string, Turn>;

/** A channel's queue → its provider. A batch is worked as one, so that its messages share the calls that the schedule, the
 *  breaker and the queue take. Only what no store answered for fails, and SQS delivers it again. */
export function makeSendHandler(
  ports: SendHandlerPorts,
  { log, countBy }: SendTelemetry,
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  const { channel, queue } = ports;

  /** Puts back what is to come later, each for as long as `delays` says; gives back what could not be. */
  async function putBack(asked: Asked, delays: ReadonlyMap<string, number>): Promise<ReadonlySet<string>> {
    const late = new Map<ChannelMessage, number>();
    for (const [key, delayMs] of delays) {
      const message = asked.get(key);
      if (message) late.set(message, delayMs);
    }
    if (late.size === 0) return new Set();
    try {
      await queue.send([...late.keys()], { delayMs: (message) => late.get(message) ?? 0 });
      return new Set();
    } catch (error) {
      log.warn("messages_not_put_back", { channel, error: error as Error });
      return new Set(delays.keys());
    }
  }

  async function workTests(asked: Asked): Promise<Map<string, Turn>> {
    const tests = [...asked].flatMap(([key, message]) => ("test" in message ? [[key, message.test] as const] : []));
    const work = ([key, test]: (typeof tests)[number]) =>
      sendTest(ports, channel, test)
        .catch((error: unknown): Turn => ({ kind: "broke", error }))
        .then((turn) => [key, turn] as const);
    return new Map(await Promise.all(tests.map(work)));
  }

  function count(touches: Turns, tests: Turns, open: readonly string[]): void {
    for (const { metric, reason, n } of countTurns(touches)) countBy(metric, { channel, reason }, n);
    for (const turn of tests.values())
      if (turn.kind === "ended") countBy("TestMessages", { channel, state: turn.state }, 1);
    for (const provider of open) countBy("BreakerOpen", { channel, provider }, 1);
    // What the alarms watch: an alarm cannot add up dimensions.
    countBy("BreakerOpen", {}, open.length);
    countBy("SendFailures", {}, [...touches.values()].filter(isFailure).length);
  }

  return async (event) => {
    const messages = event.Records.map(readMessage);
    for (const { messageId, asked } of messages)
      if (asked.size === 0) log.warn("message_failed", { messageId, code: "body_invalid" });
    const asked: Asked = new Map(messages.flatMap((message) => [...message.asked]));
    const ids = [...asked.values()].flatMap((message) => ("touchId" in message ? [message.touchId] : []));
    const [batch, tests] = await Promise.all([sendBatch(ports, channel, ids), workTests(asked)]);
    const turns = new Map([...batch.turns, ...tests]);
    for (const [key, turn] of turns)
      if (turn.kind === "broke") log.warn("touch_not_worked", { touchId: key, channel, error: turn.error as Error });
    const shared = new Set(messages.flatMap((message) => (message.asked.size > 1 ? [...message.asked.keys()] : [])));
    const delays = delaysOf(turns, shared);
    const notPutBack = await putBack(asked, delays);
    count(batch.turns, tests, batch.open);
    const isUnsettled = (key: string) => (delays.has(key) ? notPutBack.has(key) : turns.get(key)?.kind === "broke");
    return {
      batchItemFailures: messages
        .filter((message) => message.asked.size === 0 || [...message.asked.keys()].some(isUnsettled))
        .map(({ messageId }) => ({ itemIdentifier: messageId })),
    };
  };
}

/** What goes back into the queue, and for how long. What broke is left to SQS, which counts the attempts; where it shares its
 *  message it goes back alone instead, or it would take the others with it to the dead letters. */
function delaysOf(turns: Turns, shared: ReadonlySet<string>): Map<string, number> {
  const delays = new Map<string, number>();
  for (const [key, turn] of turns) {
    if (turn.kind === "later") delays.set(key, turn.afterMs);
    if (turn.kind === "broke" && shared.has(key)) delays.set(key, ALONE_AFTER_MS);
  }
  return delays;
}

/** Nobody got it, or nobody knows. */
function isFailure(turn: Turn): boolean {
  return turn.kind === "ended" && (turn.state === "failed" || turn.state === "unknown");
}
