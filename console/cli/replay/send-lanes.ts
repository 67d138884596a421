import type { ReplayCall } from "./read-calls.ts";

export interface LaneOptions {
  readonly lanes: number;
  readonly maxEvents: number;
  readonly maxBytes: number;
}

/** What `{"batch":[]}` and a comma per call add. */
const ENVELOPE_BYTES = 12;

/** Sends calls in batches over several lanes at once. A key always takes the same lane and a lane has one batch under
 *  way at a time, so one person's calls arrive in order, retries included. At most two batches a lane are held. */
export class SendLanes {
  readonly #options: LaneOptions;
  readonly #send: (calls: readonly ReplayCall[]) => Promise<void>;
  readonly #lanes: { calls: ReplayCall[]; bytes: number; sending: Promise<void> }[];
  #failure: { error: unknown } | undefined;

  constructor(options: LaneOptions, send: (calls: readonly ReplayCall[]) => Promise<void>) {
    this.#options = options;
    this.#send = send;
    this.#lanes = Array.from({ length: options.lanes }, () => ({
      calls: [],
      bytes: ENVELOPE_BYTES,
      sending: Promise.resolve(),
    }));
  }

  /** Takes a call; waits where its lane's last batch is still under way and the next is full. Throws what sending threw. */
  async add(call: ReplayCall): Promise<void> {
    const index = laneOf(call.key, this.#options.lanes);
    const lane = this.#lanes[index];
    if (lane === undefined) throw new RangeError("no such lane");
    const full = lane.calls.length >= this.#options.maxEvents || lane.bytes + call.bytes + 1 > this.#options.maxBytes;
    if (full && lane.calls.length > 0) await this.#flush(index);
    lane.calls.push(call);
    lane.bytes += call.bytes + 1;
  }

  /** Sends what is left and returns once everything is answered. Throws what sending threw. */
  async end(): Promise<void> {
    await Promise.all(this.#lanes.map((_, index) => this.#flush(index)));
    await Promise.all(this.#lanes.map((lane) => lane.sending));
    this.#throwFailure();
  }

  async #flush(index: number): Promise<void> {
    const lane = this.#lanes[index];
    if (lane === undefined) return;
    await lane.sending;
    this.#throwFailure();
    const { calls } = lane;
    lane.calls = [];
    lane.bytes = ENVELOPE_BYTES;
    if (calls.length === 0) return;
    lane.sending = this.#send(calls).catch((error: unknown) => {
      this.#failure ??= { error };
    });
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}

/** FNV-1a: any spread does, as long as a key keeps its lane. */
function laneOf(key: string, lanes: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % lanes;
}
