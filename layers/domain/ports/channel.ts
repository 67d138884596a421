import type { Category } from "#domain/decide/caps.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import type { Message } from "#events/message.ts";

/** A message on its way to one person. */
export interface OutgoingMessage {
  /** Where it goes: an e-mail address, a phone number, a device's registration; the person's id for channels that have no
   *  address of their own. */
  readonly address: string;
  readonly profileId: ProfileId;
  readonly category: Category;
  readonly journey: string;
  /** Rendered, escaped and bounded for its channel. */
  readonly message: Message;
  /** Marketing only: the page that a POST unsubscribes at (RFC 8058). */
  readonly unsubscribeUrl?: string;
}

/** What a provider answered. Codes are stable words of ours: they are stored and logged, so none holds an address, a token
 *  or a provider's own text. */
export type SendResult =
  | {
      readonly kind: "sent";
      readonly providerId: string;
      /** SMS: as how many messages it travels and is charged for. */
      readonly segments?: number;
    }
  /** It will never be taken. `suppress`: the address is dead; `marketing`: its owner has opted out at the provider. */
  | { readonly kind: "failed"; readonly code: string; readonly suppress?: boolean | "marketing" }
  /** It was surely not taken, and may be later. `afterMs`: what the provider asks for; 0 where it says nothing. `healthy`:
   *  that is about this message or address, and says nothing against the provider. */
  | { readonly kind: "retry"; readonly afterMs: number; readonly code: string; readonly healthy?: boolean }
  /** Nobody knows: the answer was lost, or never came. */
  | { readonly kind: "unknown"; readonly code: string };

/** One provider of one channel. */
export interface Channel {
  /** The definition's name. */
  readonly name: string;
  readonly adapter: string;
  /** True where the provider itself takes a touch id once, however often it is sent. */
  readonly idempotent: boolean;
  /** Whether an address is one of this provider's: people have tokens of one push service or of another. Absent: all are. */
  readonly takes?: (address: string) => boolean;
  /** Answers within `timeoutMs`; an error that it throws counts as `unknown`. */
  send(message: OutgoingMessage, of: { readonly touchId: string; readonly timeoutMs: number }): Promise<SendResult>;
}
