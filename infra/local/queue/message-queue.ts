import { randomUUID } from "node:crypto";
import type { QueuePlan } from "../template/deployment.ts";
import { DueHeap } from "./due-heap.ts";
import { MessageLog, type StoredMessage } from "./message-log.ts";

type State = "visible" | "inFlight" | "delayed";

interface Message extends StoredMessage {
  failures: number;
  state: State;
  /** Counts the changes of its state: what was noted about an earlier one no longer holds. */
  turn: number;
  receives: number;
  /** Which receive its latest receipt is of. */
  receipt: number;
  firstReceivedAt: number;
}

/** A message in the hands of a consumer. */
export interface ReceivedMessage {
  readonly id: string;
  readonly body: string;
  /** What deletes it or gives it back; good until it is received again. */
  readonly receipt: string;
  /** How often it was received, this time included. */
  readonly receives: number;
  /** Epoch milliseconds on the steered clock. */
  readonly sentAt: number;
  readonly firstReceivedAt: number;
}

interface QueueOptions {
  readonly plan: QueuePlan;
  readonly folder: string;
  readonly now: () => number;
  /** Takes a message that was received too often; absent where the queue keeps it. */
  readonly deadLetters?: (() => MessageQueue) | undefined;
}

/** How often messages that are too old are looked for, ms of the steered clock. */
const sweepMs = 60_000;

/**
 * One queue: its messages in memory, over a log on disk. Delays, visibility timeouts and retention go by the steered clock.
 * That a message was received is not written down: whoever had it when the process died, died with it, and that is no
 * failure of the message.
 */
export class MessageQueue {
  readonly plan: QueuePlan;
  readonly #options: QueueOptions;
  readonly #log: MessageLog;
  readonly #messages = new Map<string, Message>();
  /** Visible ones in the order in which they became so; some may have gone meanwhile. */
  readonly #ready: { readonly message: Message; readonly turn: number }[] = [];
  /** Where the next one of them lies: taking from the front of a long list would move all the others. */
  #head = 0;
  readonly #due = new DueHeap<{ readonly message: Message; readonly turn: number }>();
  readonly #counts: Record<State, number> = { visible: 0, inFlight: 0, delayed: 0 };
  readonly #waiting = new Set<() => void>();
  /** Receipts of an earlier process are nobody's. */
  readonly #epoch = randomUUID();
  #receipts = 0;
  #calls = 0;
  #sweptAt: number;

  constructor(options: QueueOptions) {
    this.plan = options.plan;
    this.#options = options;
    this.#log = new MessageLog(options.folder);
    this.#sweptAt = options.now();
    for (const message of this.#log.recover()) this.#admit(message);
  }

  /** Calls of the real service that would have been paid for: to send, to receive something, to delete. */
  get calls(): number {
    return this.#calls;
  }

  /** Returns the messages' ids once they are on disk. Throws where the disk refuses; then none was taken. */
  send(messages: readonly { readonly body: string; readonly delayMs?: number | undefined }[]): string[] {
    this.#calls += 1;
    const sentAt = this.#options.now();
    const sent = messages.map(({ body, delayMs = this.plan.delayMs }) => ({
      id: randomUUID(),
      body,
      sentAt,
      delayedUntil: sentAt + delayMs,
      failures: 0,
    }));
    this.accept(sent);
    return sent.map(({ id }) => id);
  }

  /** Takes messages as they are, from another queue too: one that is here already is not here twice. */
  accept(messages: readonly StoredMessage[]): void {
    this.#log.send(messages);
    for (const message of messages) this.#admit(message);
    this.#announce();
  }

  /** At most `limit` messages and `maximumBytes` of bodies, but one at least where there is one. */
  receive(limit: number, visibilityMs = this.plan.visibilityTimeoutMs, maximumBytes = Infinity): ReceivedMessage[] {
    this.#advance();
    const received: ReceivedMessage[] = [];
    let bytes = 0;
    for (; received.length < limit && this.#head < this.#ready.length; this.#head += 1) {
      const next = this.#ready[this.#head];
      if (next === undefined || next.message.turn !== next.turn) continue;
      bytes += Buffer.byteLength(next.message.body);
      if (received.length > 0 && bytes > maximumBytes) break;
      received.push(this.#take(next.message, visibilityMs));
    }
    if (this.#head > this.#ready.length / 2) {
      this.#ready.splice(0, this.#head);
      this.#head = 0;
    }
    if (received.length > 0) this.#calls += 1;
    return received;
  }

  /** Deletes what these receipts are of; one that is outdated deletes nothing. */
  remove(receipts: readonly string[]): void {
    if (receipts.length > 0) this.#calls += 1;
    const messages = [...new Set(receipts.flatMap((receipt) => this.#find(receipt) ?? []))];
    this.#log.remove(messages.map(({ id }) => id));
    for (const message of messages) this.#forget(message);
    this.#log.compact(this.#messages);
  }

  /** Gives a message back after so long; at once with 0. False where it is not in flight under this receipt. */
  changeVisibility(receipt: string, visibilityMs: number): boolean {
    this.#advance();
    const message = this.#find(receipt);
    if (message?.state !== "inFlight") return false;
    if (visibilityMs > 0) this.#enter(message, "inFlight", this.#options.now() + visibilityMs);
    else this.#comeBack(message);
    return true;
  }

  counts(): Readonly<Record<State, number>> {
    this.#advance();
    return { ...this.#counts };
  }

  /** Messages that were received and came back. */
  get failing(): number {
    return [...this.#messages.values()].filter(({ failures }) => failures > 0).length;
  }

  /** When the next message becomes visible that is not; undefined where none will. */
  nextDueAt(): number | undefined {
    for (let due = this.#due.peek(); due; due = this.#due.peek()) {
      if (due.item.message.turn === due.item.turn) return due.at;
      this.#due.pop();
    }
    return undefined;
  }

  /** The messages that are there, oldest first. */
  peek(limit: number): Pick<ReceivedMessage, "id" | "body" | "sentAt" | "receives">[] {
    return [...this.#messages.values()].slice(0, limit);
  }

  /** Returns when a message has become visible, or after `limitMs`. A delay that runs out tells nobody: ask again. */
  async waitForArrival(limitMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, limitMs);
    this.#waiting.add(resolve);
    await promise;
    clearTimeout(timer);
    this.#waiting.delete(resolve);
  }

  isReceipt(receipt: string): boolean {
    return receipt.split("#").length === 3;
  }

  close(): void {
    this.#log.close();
  }

  #admit(stored: StoredMessage): void {
    const known = this.#messages.get(stored.id);
    if (known) this.#forget(known);
    const message: Message = {
      ...stored,
      state: "visible",
      turn: 0,
      receives: stored.failures,
      receipt: 0,
      firstReceivedAt: 0,
    };
    this.#messages.set(message.id, message);
    this.#counts.visible += 1;
    if (message.delayedUntil > this.#options.now()) this.#enter(message, "delayed", message.delayedUntil);
    else this.#enter(message, "visible");
  }

  #enter(message: Message, state: State, until?: number): void {
    this.#counts[message.state] -= 1;
    this.#counts[state] += 1;
    message.state = state;
    message.turn += 1;
    const note = { message, turn: message.turn };
    if (state === "visible") this.#ready.push(note);
    else if (until !== undefined) this.#due.push(until, note);
  }

  #take(message: Message, visibilityMs: number): ReceivedMessage {
    const now = this.#options.now();
    message.receives += 1;
    message.receipt = this.#receipts += 1;
    if (message.firstReceivedAt === 0) message.firstReceivedAt = now;
    this.#enter(message, "inFlight", now + visibilityMs);
    const { id, body, receives, sentAt, firstReceivedAt } = message;
    return { id, body, receives, sentAt, firstReceivedAt, receipt: [this.#epoch, id, message.receipt].join("#") };
  }

  #find(receipt: string): Message | undefined {
    const [epoch, id = "", number] = receipt.split("#");
    const message = this.#messages.get(id);
    return epoch === this.#epoch && message?.receipt === Number(number) ? message : undefined;
  }

  #forget(message: Message): void {
    this.#counts[message.state] -= 1;
    message.turn += 1;
    this.#messages.delete(message.id);
  }

  /** Makes visible whose time has come, and drops what is older than messages are kept. */
  #advance(): void {
    const now = this.#options.now();
    let arrived = false;
    for (let at = this.nextDueAt(); at !== undefined && at <= now; at = this.nextDueAt()) {
      const message = this.#due.pop()?.item.message;
      if (message?.state === "delayed") this.#enter(message, "visible");
      else if (message) this.#comeBack(message);
      arrived = true;
    }
    if (arrived) this.#announce();
    if (Math.abs(now - this.#sweptAt) >= sweepMs) this.#sweep(now);
  }

  /** A message that was received and not deleted: visible again, or with the dead letters. */
  #comeBack(message: Message): void {
    message.failures = message.receives;
    const { redrive } = this.plan;
    const deadLetters = this.#options.deadLetters?.();
    if (redrive && deadLetters && message.receives >= redrive.maxReceiveCount) {
      const { id, body, sentAt, failures } = message;
      // There before it is gone here: killed in between, it is in both and so comes once more.
      deadLetters.accept([{ id, body, sentAt, failures, delayedUntil: 0 }]);
      this.#log.remove([message.id]);
      this.#forget(message);
      return;
    }
    this.#log.fail(message);
    this.#enter(message, "visible");
    this.#announce();
  }

  #announce(): void {
    for (const wake of this.#waiting) wake();
  }

  #sweep(now: number): void {
    this.#sweptAt = now;
    const old = [...this.#messages.values()].filter(({ sentAt }) => sentAt + this.plan.retentionMs <= now);
    this.#log.remove(old.map(({ id }) => id));
    for (const message of old) this.#forget(message);
    this.#log.compact(this.#messages);
  }
}
