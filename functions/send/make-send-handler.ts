import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { Telemetry } from "#aws/telemetry.ts";
import type { WorkQueue } from "#domain/ports/work-queue.ts";
import { ChannelMessage } from "#domain/sending/channel-message.ts";
import { sendBatch } from "#domain/sending/send-batch.ts";
import type { SendPorts, Turn } from "#domain/sending/send-ports.ts";
import { sendTest } from "#domain/sending/send-test.ts";

export interface SendHandlerPorts extends SendPorts {
  /** The channel whose queue this is. */
  readonly channel: string;
  /** That queue: what is to come later goes back to it, all of a batch in one call. */
  readonly queue: WorkQueue<ChannelMessage>;
}

type SendTelemetry = Pick<Telemetry, "countBy"> & { log: Pick<Telemetry["log"], "info" | "warn"> };

/** A channel's queue → its provider. A batch is worked as one, so that its messages share the calls that the schedule, the
 *  breaker and the queue take. Only what no store answered for fails, and SQS delivers it again. */
export function makeSendHandler(
  ports: SendHandlerPorts,
  { log, countBy }: SendTelemetry,
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  const { channel, queue } = ports;

  /** Puts back what is to come later; those that could not be are given to SQS as failures. */
  async function putBack(
    messages: ReadonlyMap<string, ChannelMessage>,
    turns: ReadonlyMap<string, Turn>,
  ): Promise<Iterable<string>> {
    const late = new Map<ChannelMessage, number>();
    const keys: string[] = [];
    for (const [key, turn] of turns) {
      const message = messages.get(key);
      if (turn.kind !== "later" || !message) continue;
      late.set(message, turn.afterMs);
      keys.push(key);
    }
    if (late.size === 0) return [];
    try {
      await queue.send([...late.keys()], { delayMs: (message) => late.get(message) ?? 0 });
      return [];
    } catch (error) {
      log.warn("messages_not_put_back", { channel, error: error as Error });
      return keys;
    }
  }

  async function workTests(messages: ReadonlyMap<string, ChannelMessage>): Promise<Map<string, Turn>> {
    const tests = [...messages].flatMap(([key, message]) => ("test" in message ? [[key, message.test] as const] : []));
    const work = ([key, test]: (typeof tests)[number]) =>
      sendTest(ports, channel, test)
        .catch((error: unknown): Turn => ({ kind: "broke", error }))
        .then((turn) => [key, turn] as const);
    return new Map(await Promise.all(tests.map(work)));
  }

  function count(touches: ReadonlyMap<string, Turn>, tests: ReadonlyMap<string, Turn>, open: readonly string[]): void {
    for (const { metric, reason, n } of countTurns(touches)) countBy(metric, { channel, reason }, n);
    for (const turn of tests.values())
      if (turn.kind === "ended") countBy("TestMessages", { channel, state: turn.state }, 1);
    for (const provider of open) countBy("BreakerOpen", { channel, provider }, 1);
    // What the alarms watch: an alarm cannot add up dimensions.
    countBy("BreakerOpen", {}, open.length);
    countBy("SendFailures", {}, [...touches.values()].filter(isFailure).length);
  }

  return async (event) => {
    const records = event.Records.map(({ messageId, body }) => ({ messageId, ...readMessage(body) }));
    const messages = new Map<string, ChannelMessage>();
    for (const { messageId, key, message } of records) {
      if (message) messages.set(key, message);
      else log.warn("message_failed", { messageId, code: "body_invalid" });
    }
    const ids = [...messages.values()].flatMap((message) => ("touchId" in message ? [message.touchId] : []));
    const [batch, tests] = await Promise.all([sendBatch(ports, channel, ids), workTests(messages)]);
    const turns = new Map([...batch.turns, ...tests]);
    const failed = new Set(await putBack(messages, turns));
    for (const [key, turn] of turns) {
      if (turn.kind !== "broke") continue;
      failed.add(key);
      log.warn("touch_not_worked", { touchId: key, channel, error: turn.error as Error });
    }
    count(batch.turns, tests, batch.open);
    return {
      batchItemFailures: records
        .filter(({ key }) => key === undefined || failed.has(key))
        .map(({ messageId }) => ({ itemIdentifier: messageId })),
    };
  };
}

/** A message and its name among those of a batch: a touch's id, or that of a test. */
function readMessage(
  body: string,
):
  | { readonly key: string; readonly message: ChannelMessage }
  | { readonly key?: undefined; readonly message?: undefined } {
  try {
    const message = ChannelMessage.parse(JSON.parse(body));
    return { key: "test" in message ? `test-${message.test.requestId}` : message.touchId, message };
  } catch {
    return {};
  }
}

/** Nobody got it, or nobody knows. */
function isFailure(turn: Turn): boolean {
  return turn.kind === "ended" && (turn.state === "failed" || turn.state === "unknown");
}

interface TurnCount {
  readonly metric: string;
  readonly reason: string;
  readonly n: number;
}

/** `TouchesSent`, `TouchesFailed`, `TouchesPutBack`… by reason. What follows a colon is a template's own name of a value:
 *  the ledger holds it, a dimension would grow without end. */
function countTurns(turns: ReadonlyMap<string, Turn>): TurnCount[] {
  const counts = new Map<string, number>();
  for (const turn of turns.values()) {
    const key = JSON.stringify(nameOf(turn));
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return Array.from(counts, ([key, n]) => {
    const [metric, reason] = JSON.parse(key) as [string, string];
    return { metric, reason, n };
  });
}

function nameOf(turn: Turn): [metric: string, reason: string] {
  const { reason = "none" } = "reason" in turn ? turn : {};
  const [word = "none"] = reason.split(":");
  if (turn.kind === "ended") return [`Touches${turn.state.charAt(0).toUpperCase()}${turn.state.slice(1)}`, word];
  if (turn.kind === "later") return ["TouchesPutBack", word];
  if (turn.kind === "waits") return ["TouchesWaiting", word];
  return [turn.kind === "broke" ? "TouchAttemptsBroken" : "TouchesDropped", word];
}
