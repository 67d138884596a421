import * as z from "zod";

const count = z.int().min(0).max(1_000_000);

/** Body of `POST /local/faults`. Each number replaces what was left of the last one. */
export const FaultRequest = z.strictObject({
  /** The next n put calls answer ProvisionedThroughputExceededException. */
  throttlePuts: count.optional(),
  /** In the next n PutRecords calls every other record is refused, the first one included. */
  failPutRecords: count.optional(),
  /** The function whose worker is killed in the middle of its next `times` batches. */
  killHandler: z.string().optional(),
  times: count.default(1),
});

/** Faults that a stream injects. */
export interface StreamFaults {
  takeThrottle(): boolean;
  /** Indexes of the records that this PutRecords call has to refuse. */
  takeRefusals(records: number): ReadonlySet<number>;
}

/** What `POST /local/faults` asked for and has not happened yet. */
export class Faults implements StreamFaults {
  #throttles = 0;
  #refusals = 0;
  readonly #kills = new Map<string, number>();

  ask(request: z.infer<typeof FaultRequest>): void {
    this.#throttles = request.throttlePuts ?? this.#throttles;
    this.#refusals = request.failPutRecords ?? this.#refusals;
    if (request.killHandler !== undefined) this.#kills.set(request.killHandler, request.times);
  }

  takeThrottle(): boolean {
    if (this.#throttles === 0) return false;
    this.#throttles -= 1;
    return true;
  }

  takeRefusals(records: number): ReadonlySet<number> {
    if (this.#refusals === 0) return new Set();
    this.#refusals -= 1;
    return new Set(Array.from({ length: records }, (_, index) => index).filter((index) => index % 2 === 0));
  }

  /** True where the function's worker is to die during the invocation that now begins. */
  takeKill(functionName: string): boolean {
    const left = this.#kills.get(functionName) ?? 0;
    if (left === 0) return false;
    this.#kills.set(functionName, left - 1);
    return true;
  }

  remaining() {
    return {
      throttlePuts: this.#throttles,
      failPutRecords: this.#refusals,
      kills: Object.fromEntries([...this.#kills].filter(([, left]) => left > 0)),
    };
  }
}
