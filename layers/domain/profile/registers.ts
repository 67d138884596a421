import type { Stamp, Stamped } from "./state.ts";

/** True if `a` was written after `b`: by time, then by message, so that any two writes have one order everywhere. */
export function isLater(a: Stamp, b: Stamp): boolean {
  return a.at > b.at || (a.at === b.at && a.message > b.message);
}

/** The last writer of a register. */
export function laterOf<T extends Stamp>(a: T | undefined, b: T): T;
export function laterOf<T extends Stamp>(a: T | undefined, b: T | undefined): T | undefined;
export function laterOf<T extends Stamp>(a: T | undefined, b: T | undefined): T | undefined {
  if (!a || !b) return a ?? b;
  return isLater(b, a) ? b : a;
}

/** The first writer of a register. */
export function earlierOf<T extends Stamp>(a: T | undefined, b: T): T;
export function earlierOf<T extends Stamp>(a: T | undefined, b: T | undefined): T | undefined;
export function earlierOf<T extends Stamp>(a: T | undefined, b: T | undefined): T | undefined {
  if (!a || !b) return a ?? b;
  return isLater(a, b) ? b : a;
}

/** Puts a time and a message on a value. */
export function stamp<T>(value: T, { at, message }: Stamp): Stamped<T> {
  return { value, at, message };
}
