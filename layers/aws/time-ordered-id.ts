import { uuidv7 } from "uuidv7";

/** An id that sorts by the time of its making. */
export function newTimeOrderedId(): string {
  return uuidv7();
}
