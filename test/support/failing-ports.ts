/** Wraps the methods of a port so that each call may first wait for other work, fail before its effect, or fail after
 *  it (applied, but the answer lost). `next` gives numbers in [0, 1): one seed, one story. */
export function withFaults<Port extends object>(port: Port, next: () => number, rate: () => number): Port {
  return new Proxy(port, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      return async (...args: unknown[]) => {
        await pause(next);
        if (next() < rate()) throw new InjectedFault(`${String(name)} was never made`);
        const answer: unknown = await Reflect.apply(method, target, args);
        if (next() < rate()) throw new InjectedFault(`the answer of ${String(name)} was lost`);
        await pause(next);
        return answer;
      };
    },
  });
}

export class InjectedFault extends Error {
  override readonly name = "InjectedFault";
}

/** Lets other workers run for a while: a number of turns of the microtask queue. */
async function pause(next: () => number): Promise<void> {
  for (let turns = Math.floor(next() * 12); turns > 0; turns--) await Promise.resolve();
}
