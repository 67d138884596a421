import * as z from "zod";
import { Journal } from "../stream/journal.ts";

/** What a restart has to know of a message. */
export interface StoredMessage {
  readonly id: string;
  readonly body: string;
  /** Epoch milliseconds on the steered clock. */
  readonly sentAt: number;
  /** Until when it is kept back; at or before `sentAt` where it is not. */
  readonly delayedUntil: number;
  /** How often it was received and came back. */
  readonly failures: number;
}

const Sent = z.object({ id: z.string(), body: z.string(), until: z.number(), failures: z.int() });
const Failed = z.object({ id: z.string(), failures: z.int() });

/** Rewriting less than this is not worth it, bytes. */
const smallestWaste = 4 << 20;
const messagesPerAppend = 1_000;

type Line = Parameters<Journal["append"]>[0][number];

/**
 * A queue on disk: a journal of what was sent, what failed and what is gone, appended before it is answered for. Messages
 * leave in any order, so what is left is written anew at the end once most of the journal is about messages that are gone.
 */
export class MessageLog {
  readonly #journal: Journal;
  readonly #smallestWaste: number;
  #bytes = 0;
  /** From how many bytes on it is looked at again: looking reads every message. */
  #worthALook: number;

  constructor(folder: string, options: { readonly smallestWaste?: number; readonly segmentBytes?: number } = {}) {
    this.#journal = new Journal(folder, options.segmentBytes);
    this.#smallestWaste = options.smallestWaste ?? smallestWaste;
    this.#worthALook = this.#smallestWaste;
  }

  /** The messages that a previous process left, oldest first. Call it once, before anything else. */
  recover(): StoredMessage[] {
    const messages = new Map<string, StoredMessage>();
    for (const { partitionKey: what, arrivedAt: sentAt, data } of this.#journal.recover()) {
      this.#bytes += data.length;
      const content: unknown = what === "gone" ? data.toString() : JSON.parse(data.toString());
      if (what === "sent") {
        const { id, body, until, failures } = Sent.parse(content);
        messages.set(id, { id, body, sentAt, delayedUntil: until, failures });
      } else if (what === "failed") {
        const { id, failures } = Failed.parse(content);
        const message = messages.get(id);
        if (message) messages.set(id, { ...message, failures });
      } else {
        messages.delete(String(content));
      }
    }
    return [...messages.values()];
  }

  /** Throws where the disk refuses; then nothing was taken. */
  send(messages: readonly StoredMessage[]): void {
    this.#append(messages.map(writeSent));
  }

  fail({ id, failures }: Pick<StoredMessage, "id" | "failures">): void {
    this.#append([{ partitionKey: "failed", arrivedAt: 0, data: Buffer.from(JSON.stringify({ id, failures })) }]);
  }

  remove(ids: readonly string[]): void {
    this.#append(ids.map((id) => ({ partitionKey: "gone", arrivedAt: 0, data: Buffer.from(id) })));
  }

  /** Writes what is left anew and drops the rest, where it is worth it. Killed half-way, it leaves messages twice, which is once. */
  compact(live: ReadonlyMap<string, StoredMessage>): void {
    if (this.#bytes < this.#worthALook) return;
    const lines = [...live.values()].map(writeSent);
    const liveBytes = lines.reduce((sum, { data }) => sum + data.length, 0);
    this.#worthALook = 2 * liveBytes + this.#smallestWaste;
    if (this.#bytes < this.#worthALook) return;
    const old = this.#journal.next - 1;
    for (let from = 0; from < lines.length; from += messagesPerAppend) {
      this.#journal.append(lines.slice(from, from + messagesPerAppend));
    }
    this.#journal.dropThrough(old);
    this.#bytes = liveBytes;
  }

  close(): void {
    this.#journal.close();
  }

  #append(lines: readonly Line[]): void {
    if (lines.length === 0) return;
    this.#journal.append(lines);
    this.#bytes += lines.reduce((sum, { data }) => sum + data.length, 0);
  }
}

function writeSent({ id, body, sentAt, delayedUntil: until, failures }: StoredMessage): Line {
  return { partitionKey: "sent", arrivedAt: sentAt, data: Buffer.from(JSON.stringify({ id, body, until, failures })) };
}
