import type { Category } from "#domain/decide/caps.ts";
import type { EntryCause, Run } from "#domain/journeys/run.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import type { ChannelChoice } from "#events/admin-api/channel-choice.ts";

/** Where a touch stands. `sent`, `failed`, `stopped` and `unknown` are final.
 *  `requested`: in its channel's queue. `waiting`: for its `waitUntil`, when `wake` puts it into the queue. `claimed`: a
 *  sender holds the lease and may be calling the provider. `unknown`: a lease ran out with no result. */
export type TouchState = "requested" | "waiting" | "claimed" | "sent" | "failed" | "stopped" | "unknown";

/** One action at a touchpoint, sent or not: a row of the send ledger. Its id and what it is about are fixed when it is
 *  requested and never found out again after a merge. */
export interface Touch {
  /** Hash of the run and its send step: the same step asks for the same touch. */
  readonly id: string;
  /** The person when it was requested: whoever reads it later follows merges. */
  readonly profileId: ProfileId;
  readonly journey: string;
  /** The version of the journey that the run walks. */
  readonly definitionVersion: number;
  readonly runId: string;
  /** Where the send step stands in the journey: `steps.2.send`. */
  readonly path: string;
  /** Those that the step allows, in its order. */
  readonly channels: readonly string[];
  /** The one that was chosen: never another afterwards, also where the sender may not use it any more. */
  readonly channel: string;
  /** Why that one. Absent: the step allows no other, or it was chosen before choices were stored. */
  readonly choice?: ChannelChoice;
  /** The claim key: keyed hash of channel and address (`hashAddress`). Absent: the person had no address. */
  readonly addressHash?: string;
  readonly template: string;
  readonly category: Category;
  /** What happens where a frequency cap is reached. */
  readonly overCap: "skip" | "wait";
  readonly arms: Run["arms"];
  readonly cause: EntryCause;
  readonly requestedAt: number;
  readonly state: TouchState;
  /** When `state` was last written: milliseconds since 1970. */
  readonly changedAt: number;
  /** Why it stopped, failed or waits: a code. */
  readonly reason?: string;
  /** Only while it waits. */
  readonly waitUntil?: number;
  /** Only while it is claimed. */
  readonly lease?: { readonly owner: string; readonly until: number };
  /** Calls of the provider so far. */
  readonly attempt: number;
  /** The channel definition by which it was, or may have been, sent last. */
  readonly provider?: string;
  /** Nobody knows whether that provider has it. It takes a touch once, so it alone may be given it again. */
  readonly uncertain?: true;
  /** The provider's own id of what was sent. */
  readonly providerId?: string;
  /** SMS: as how many messages it was sent. */
  readonly segments?: number;
  /** Not before: the provider asked for a while. */
  readonly retryAt?: number;
  /** Sent, but its `Message Sent` is not in the event stream yet. */
  readonly unannounced?: true;
}

/** The id of the timer of a touch that waits (kind `wait`). */
export function touchTimerId(touchId: string): string {
  return `touch/${touchId}`;
}
