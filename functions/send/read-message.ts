import type { SQSRecord } from "aws-lambda";
import { type ChannelMessage, QueuedMessage } from "#domain/sending/channel-message.ts";

/** A message of SQS with what it asks for, by names that are the same wherever a touch or a test is asked for. */
export interface ReadMessage {
  readonly messageId: string;
  /** Empty where the body cannot be read. */
  readonly asked: ReadonlyMap<string, ChannelMessage>;
}

/** Reads a message of a channel's queue. */
export function readMessage({ messageId, body }: Pick<SQSRecord, "messageId" | "body">): ReadMessage {
  try {
    const message = QueuedMessage.parse(JSON.parse(body));
    if ("test" in message) return { messageId, asked: new Map([[`test-${message.test.requestId}`, message]]) };
    const ids = "touchIds" in message ? message.touchIds : [message.touchId];
    return { messageId, asked: new Map(ids.map((touchId) => [touchId, { touchId }])) };
  } catch {
    return { messageId, asked: new Map() };
  }
}
