import type { Gate } from "#domain/journeys/enter.ts";
import type { Run } from "#domain/journeys/run.ts";
import type { ProfileId } from "#domain/profile/state.ts";

export interface StoredRun {
  readonly run: Run;
  /** 1 for the first write; each write is one more. */
  readonly revision: number;
  /** When it may be forgotten: milliseconds since 1970. Absent: it lives. */
  readonly expiresAt?: number;
}

/** The runs of a journey are spread over this many shards, by a hash of the person. */
export const ENTRY_SHARDS = 128;

/** Some of those who entered a journey at an instant in [from, before): milliseconds since 1970. `cursor` is where the page
 *  before ended. */
export interface EnteredSlice {
  readonly journey: string;
  readonly shard: number;
  readonly from: number;
  readonly before: number;
  readonly cursor?: string;
}

/** The walks of people through journeys, and what they have used up of each journey's `once`. */
export interface RunStore {
  /** Every run that is kept of a person, also those that were moved to another since. Strongly consistent. */
  ofPerson(profileId: ProfileId): Promise<StoredRun[]>;
  /** Writes if the stored revision is `revision - 1` (nothing stored counts as 0). */
  save(stored: StoredRun): Promise<"saved" | "conflict">;
  /** Removes a run that is stored at this revision; any other stays. */
  remove(stored: StoredRun): Promise<void>;
  /** Opens a gate for an entry, unless another entry's stands there and has not reopened (`passesGate`). The gate of the
   *  same entry stays as it stands. */
  passGate(gate: Gate): Promise<"passed" | "closed">;
  /** One page of the runs of a slice, those moved away left out. All runs of a person lie in one shard. Runs that began in
   *  the last moments may be missing. */
  entered(slice: EnteredSlice): Promise<{ runs: Run[]; cursor?: string }>;
  /** Every gate of a person. Strongly consistent. */
  gatesOf(profileId: ProfileId): Promise<Gate[]>;
  /** Writes a gate unless a later one stands there: for people who turned out to be one. */
  keepGate(gate: Gate): Promise<void>;
}
