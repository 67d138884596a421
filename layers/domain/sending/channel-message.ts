import * as z from "zod";
import { TouchMessage } from "#domain/touches/touch-message.ts";

/** Channels whose address is the person's id. */
export const BY_PERSON: ReadonlySet<string> = new Set(["inapp", "log"]);

/** A message that an operator sends to themselves: everything that its sender needs, for no touch stands for it. */
const TestRequest = z.object({
  /** Names what becomes of it (`findTest`). */
  requestId: z.string(),
  template: z.string(),
  /** The channel definition to send it by. */
  by: z.string(),
  /** The definitions that were in force when it was asked for, or later ones, are what it is made of. */
  bundleVersion: z.int(),
  /** Where it goes. Only the queue ever holds it. */
  address: z.string(),
  locale: z.string().optional(),
  /** Instead of the template's own. */
  sample: z.record(z.string(), z.unknown()).optional(),
  /** Whose message it is made as. */
  profileId: z.string().optional(),
  arm: z.string().optional(),
  /** The name of the token that asked. */
  requestedBy: z.string(),
  /** Milliseconds since 1970. */
  requestedAt: z.number(),
});
export type TestRequest = z.infer<typeof TestRequest>;

const TestMessage = z.object({ test: TestRequest });
/** What the sender of a channel is asked for. */
export type ChannelMessage = TouchMessage | z.infer<typeof TestMessage>;

/** What the queue of a channel carries: SQS is paid by the message, so that touches which were asked for together share one. */
export const QueuedMessage = z.union([TouchMessage, z.object({ touchIds: z.array(z.string()).min(1) }), TestMessage]);
export type QueuedMessage = z.infer<typeof QueuedMessage>;
