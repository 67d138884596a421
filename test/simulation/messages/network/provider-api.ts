import type { Dice } from "../../dice.ts";
import type { Verdict } from "./fates.ts";

/** A request as it arrived at a provider. */
export interface Arrival {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One provider's side of its API: whom a request writes to, and what it answers where its mind is made up. */
export interface ProviderApi {
  /** Absent: the request is no message, but asks for a token. */
  addresseeOf(request: Arrival): string | undefined;
  /** @param take takes the message, and gives the number that the provider knows it by. */
  answer(request: Arrival, verdict: Verdict, take: () => number): Reply;
}

/** What APIs are made with. */
export interface ApiWorld {
  readonly dice: Dice;
  readonly now: () => number;
}

export function say(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, body: typeof body === "string" ? body : JSON.stringify(body), headers };
}

/** A failure within, with or without the message. */
export function breakDown({ dice }: ApiWorld, take: () => number, body: unknown = "oops"): Reply {
  if (dice.chance(0.5)) take();
  return say(500, body);
}
