import { setImmediate as nextTurn } from "node:timers/promises";

/** Returns when what happens at the same time has happened: by default a turn of the event loop. A simulation has its own. */
export type Turn = () => Promise<unknown>;

/** Brings those together that come at the same time for the same thing, as many in a call as its limits let.
 *  @param keyOf names what one is for.
 *  @param sizeOf what one takes of each of the limits.
 *  @param call never rejects: it answers each of them itself. */
export function gatherCalls<One>({
  keyOf,
  sizeOf,
  limits,
  call,
  turn = nextTurn,
}: {
  readonly keyOf: (one: One) => string;
  readonly sizeOf: (one: One) => readonly number[];
  readonly limits: readonly number[];
  readonly call: (together: readonly One[]) => Promise<void>;
  readonly turn?: Turn | undefined;
}): (one: One) => void {
  const waiting = new Map<string, One[]>();

  function leave(key: string): void {
    const all = waiting.get(key) ?? [];
    waiting.delete(key);
    let together: One[] = [];
    let left: readonly number[] = limits;
    for (const one of all) {
      const size = sizeOf(one);
      const fits = left.every((room, n) => room >= (size[n] ?? 0));
      if (!fits && together.length > 0) {
        void call(together);
        [together, left] = [[], limits];
      }
      together.push(one);
      left = left.map((room, n) => room - (size[n] ?? 0));
    }
    void call(together);
  }

  return (one) => {
    const key = keyOf(one);
    const others = waiting.get(key);
    if (others) others.push(one);
    else {
      waiting.set(key, [one]);
      void turn().then(() => leave(key));
    }
  };
}
