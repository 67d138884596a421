import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { Telemetry } from "#aws/telemetry.ts";
import type { WorkQueue } from "#domain/ports/work-queue.ts";
import { sendBatch } from "#domain/sending/send-batch.ts";
import type { SendPorts, Turn } from "#domain/sending/send-ports.ts";
import { TouchMessage } from "#domain/touches/touch-message.ts";

export interface SendHandlerPorts extends SendPorts {
  /** The channel whose queue this is. */
  readonly channel: string;
  /** That queue: what is to come later goes back to it, all of a batch in one call. */
  readonly queue: WorkQueue<TouchMessage>;
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
  async function putBack(turns: ReadonlyMap<string, Turn>): Promise<string[]> {
    const delays = new Map([...turns].flatMap(([id, turn]) => (turn.kind === "later" ? [[id, turn.afterMs]] : [])));
    if (delays.size === 0) return [];
    const messages = Array.from(delays.keys(), (touchId) => ({ touchId }));
    try {
      await queue.send(messages, { delayMs: ({ touchId }) => delays.get(touchId) ?? 0 });
      return [];
    } catch (error) {
      log.warn("messages_not_put_back", { channel, error: error as Error });
      return [...delays.keys()];
    }
  }

  return async (event) => {
    const records = event.Records.map(({ messageId, body }) => ({ messageId, touchId: touchIdOf(body) }));
    const unreadable = records.filter(({ touchId }) => touchId === undefined);
    for (const { messageId } of unreadable) log.warn("message_failed", { messageId, code: "body_invalid" });
    const ids = records.flatMap(({ touchId }) => touchId ?? []);
    const { turns, open } = await sendBatch(ports, channel, ids);
    const failed = new Set(await putBack(turns));
    for (const [touchId, turn] of turns) {
      if (turn.kind !== "broke") continue;
      failed.add(touchId);
      log.warn("touch_not_worked", { touchId, channel, error: turn.error as Error });
    }
    for (const { metric, reason, n } of countTurns(turns)) countBy(metric, { channel, reason }, n);
    for (const provider of open) countBy("BreakerOpen", { channel, provider }, 1);
    // What the alarms watch: an alarm cannot add up dimensions.
    countBy("BreakerOpen", {}, open.length);
    countBy("SendFailures", {}, [...turns.values()].filter(isFailure).length);
    return {
      batchItemFailures: records
        .filter(({ touchId }) => touchId === undefined || failed.has(touchId))
        .map(({ messageId }) => ({ itemIdentifier: messageId })),
    };
  };
}

/** Nobody got it, or nobody knows. */
function isFailure(turn: Turn): boolean {
  return turn.kind === "ended" && (turn.state === "failed" || turn.state === "unknown");
}

function touchIdOf(body: string): string | undefined {
  try {
    return TouchMessage.safeParse(JSON.parse(body)).data?.touchId;
  } catch {
    return undefined;
  }
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
