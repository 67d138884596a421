import { type Ending, type Plot, runSeed } from "./run-seed.ts";
import { FAULTS, type Fault, MAX_STRIKES } from "./weather.ts";

/** Leaves out messages, kinds of fault and single strikes one at a time, and keeps out whatever the story can do without
 *  while it still breaks the same law. */
export async function shrink(plot: Plot, ending: Ending): Promise<Plot> {
  const law = ending.violations[0]?.law;
  let smallest: Plot = plot;
  let last = ending;
  const attempt = async (smaller: Plot): Promise<void> => {
    const outcome = await runSeed(smaller);
    if (!outcome.violations.some((violation) => violation.law === law)) return;
    smallest = smaller;
    last = outcome;
  };
  for (const messageId of ending.messages) {
    await attempt({ ...smallest, without: new Set([...(smallest.without ?? []), messageId]) });
  }
  for (const fault of Object.keys(FAULTS) as Fault[]) {
    const { kinds = [], strikes = new Set<number>() } = smallest.mercy ?? {};
    if (last.struck.has(fault)) await attempt({ ...smallest, mercy: { kinds: new Set([...kinds, fault]), strikes } });
  }
  for (let strike = MAX_STRIKES; strike > 0; strike--) {
    const { kinds = new Set<Fault>(), strikes = [] } = smallest.mercy ?? {};
    // What did not strike is not to be left out.
    if (last.strikes.has(strike))
      await attempt({ ...smallest, mercy: { kinds, strikes: new Set([...strikes, strike]) } });
  }
  return smallest;
}
