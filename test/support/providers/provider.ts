import type { LoopbackRequest, Reaction } from "../loopback-api.ts";

/** A provider as its own documentation describes it, with an account, a template and somebody to write to. */
export interface Provider {
  readonly adapter: string;
  readonly channel: string;
  /** The identifier that is the address: `phone`. None: the person's id. */
  readonly identifier?: string;
  readonly address: string;
  /** What the channel's template holds beside its name, channel and category. */
  readonly template: object;
  readonly options: (url: string) => Readonly<Record<string, unknown>>;
  readonly secret?: unknown;
  /** Its own answer to a message that it takes. */
  readonly taken: Reaction;
  /** What it says to other requests: those for tokens. */
  readonly aside?: (request: LoopbackRequest) => Reaction | undefined;
}
