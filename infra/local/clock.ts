import { readFileSync } from "node:fs";
import { writeAtomically } from "./write-atomically.ts";

/** The runtime's clock: the machine's, moved by an offset that every thread sees at once and a restart keeps. */
export class SteeredClock {
  /** One float: milliseconds to add to the machine's clock. Shared with the handlers' threads. */
  readonly shared = new SharedArrayBuffer(8);
  readonly #offset = new Float64Array(this.shared);
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
    this.#offset[0] = readOffset(file);
  }

  readonly now = (): number => Math.floor(Date.now() + (this.#offset[0] ?? 0));

  set(instant: number): void {
    this.#offset[0] = instant - Date.now();
    writeAtomically(this.#file, JSON.stringify({ offsetMs: this.#offset[0] }));
  }
}

function readOffset(file: string): number {
  try {
    return Number((JSON.parse(readFileSync(file, "utf8")) as { offsetMs: number }).offsetMs);
  } catch {
    return 0;
  }
}
