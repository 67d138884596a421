import { AsyncLocalStorage } from "node:async_hooks";
import type { OutgoingMessage } from "#domain/ports/channel.ts";
import type { Sandbox } from "../../sandbox.ts";

/** One call of a provider, from the moment in which the worker decided to make it. */
export interface ProviderCall {
  readonly touchId: string;
  readonly message: OutgoingMessage;
  readonly sandbox: Sandbox;
  readonly provider: string;
  readonly adapter: string;
  readonly at: number;
  /** What the worker's clock showed. */
  readonly ownClock: number;
}

/** A call while its adapter is at work: there may be several requests in it. */
export interface Course {
  readonly call: ProviderCall;
  /** The call has come to the network. */
  readonly reached: () => void;
  result?: Promise<unknown>;
}

export const courses = new AsyncLocalStorage<Course>();

/** The call in whose course something is done. */
export function courseNow(): Course {
  const course = courses.getStore();
  if (!course) throw new Error("a request of no call");
  return course;
}
