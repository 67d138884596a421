import type { ProfileId } from "#domain/profile/state.ts";

/** A message that waits in a person's inbox until a client fetches and dismisses it. */
export interface InappMessage {
  readonly touchId: string;
  readonly title: string;
  readonly body: string;
  readonly url?: string;
  readonly journey: string;
  /** When it was put there: milliseconds since 1970. */
  readonly at: number;
}

/** The inboxes of people. Messages lie where the person was when they were sent: whoever reads asks for the ids that the
 *  person absorbed too. */
export interface InappStore {
  /** Puts a message into an inbox; the same touch again changes nothing, also after it was dismissed. */
  put(profileId: ProfileId, message: InappMessage): Promise<void>;
  /** The newest messages that are not dismissed and not over, newest first. Strongly consistent. */
  list(profileId: ProfileId, limit: number): Promise<InappMessage[]>;
  /** Takes a message out. */
  dismiss(profileId: ProfileId, touchId: string): Promise<void>;
}
