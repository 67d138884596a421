import * as z from "zod";

const count = z.int().min(0).max(1_000_000);

/** Body of `POST /local/faults`. Each number replaces what was left of the last one. */
export const FaultRequest = z.strictObject({
  /** The next n put calls answer ProvisionedThroughputExceededException. */
  throttlePuts: count.optional(),
  /** In the next n PutRecords calls every other record is refused, the first one included. */
  failPutRecords: count.optional(),
  /** The function whose worker is killed in the middle of its next `times` invocations. */
  killHandler: z.string().optional(),
  times: count.default(1),
  /** How long into the invocation, ms; a random instant of the first 40 ms if left out. */
  afterMs: z.number().min(0).max(60_000).optional(),
});

/** When an invocation is to die, ms after its start. */
export interface Kill {
  readonly afterMs: number;
  /** Told at the end, with whether the function had answered already: then its work was done and nobody learned of it. */
  done(answered: boolean): void;
}

/** The latest instant at which a kill strikes that names none: within what a batch takes. */
const killWithinMs = 40;

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
  readonly #kills = new Map<string, { left: number; afterMs: number | undefined }>();
  readonly #killed = new Map<string, { running: number; answered: number }>();

  ask(request: z.infer<typeof FaultRequest>): void {
    this.#throttles = request.throttlePuts ?? this.#throttles;
    this.#refusals = request.failPutRecords ?? this.#refusals;
    if (request.killHandler !== undefined) {
      this.#kills.set(request.killHandler, { left: request.times, afterMs: request.afterMs });
    }
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

  /** The kill that is to strike the invocation that now begins, if any. */
  takeKill(functionName: string): Kill | undefined {
    const asked = this.#kills.get(functionName);
    if (asked === undefined || asked.left === 0) return undefined;
    asked.left -= 1;
    return {
      afterMs: asked.afterMs ?? Math.random() * killWithinMs,
      done: (answered) => {
        const killed = this.#killed.get(functionName) ?? { running: 0, answered: 0 };
        killed[answered ? "answered" : "running"] += 1;
        this.#killed.set(functionName, killed);
      },
    };
  }

  remaining() {
    return {
      throttlePuts: this.#throttles,
      failPutRecords: this.#refusals,
      kills: Object.fromEntries([...this.#kills].flatMap(([name, { left }]) => (left > 0 ? [[name, left]] : []))),
      /** Kills that struck, by function: while it was running, and after it had answered. */
      killed: Object.fromEntries(this.#killed),
    };
  }
}
